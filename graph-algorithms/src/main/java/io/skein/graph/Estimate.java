package io.skein.graph;

/**
 * A value taken from a sample.
 *
 * @param error half the width of its 95 % interval; 0 where all was counted, infinite where one sample says nothing of the spread
 */
public record Estimate(double value, double error) {
    static final Estimate ZERO = new Estimate(0, 0);
    private static final double NORMAL_95 = 1.96;

    /**
     * The mean of a sample drawn without putting back from a population.
     *
     * @param sum of the sample's values
     * @param squares sum of their squares
     * @param sampled 1 or more
     * @param population as many or more
     */
    static Estimate ofMean(double sum, double squares, int sampled, int population) {
        double mean = sum / sampled;
        if (sampled >= population) {
            return new Estimate(mean, 0);
        }
        if (sampled == 1) {
            return new Estimate(mean, Double.POSITIVE_INFINITY);
        }
        double variance = Math.max(0, (squares - sum * mean) / (sampled - 1));
        double left = 1 - (double) sampled / population;
        return new Estimate(mean, NORMAL_95 * StrictMath.sqrt(variance / sampled * left));
    }

    /** The same, as often as {@code factor}. */
    Estimate times(double factor) {
        return new Estimate(value * factor, error * factor);
    }
}
