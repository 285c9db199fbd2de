package io.skein.projection.cascades;

/**
 * How many messages one message leads to, from counts: a gamma posterior on a Poisson rate, with the counts divided by their own overdispersion
 * (variance over mean, 1 at least), as offspring of real messages scatter more than Poisson's.
 *
 * @param parents messages whose time to have offspring is over
 * @param offspring of all of them
 * @param squares sum of the squares of each one's offspring; for the dispersion
 */
public record Reproduction(long parents, long offspring, long squares) {
    private static final double PRIOR = 0.5;

    public double mean() {
        return parents == 0 ? 0 : (double) offspring / parents;
    }

    double dispersion() {
        if (parents < 2 || offspring == 0) {
            return 1;
        }
        double mean = mean();
        double variance = (squares - parents * mean * mean) / (parents - 1);
        return Math.max(1, variance / mean);
    }

    /** The probability that the rate is above {@code rate}. */
    public double probabilityAbove(double rate) {
        double dispersion = dispersion();
        return 1 - Gamma.lower(PRIOR + offspring / dispersion, (parents / dispersion) * rate);
    }

    /** The rate below which it is with probability {@code p}; by bisection to 1e-9 of the mean. */
    public double quantile(double p) {
        if (parents == 0) {
            return 0;
        }
        double dispersion = dispersion();
        double shape = PRIOR + offspring / dispersion;
        double scale = parents / dispersion;
        double low = 0;
        double high = 10 * (shape + 10) / scale;
        for (int i = 0; i < 100 && high - low > 1e-9 * high; i++) {
            double middle = (low + high) / 2;
            if (Gamma.lower(shape, scale * middle) < p) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }
}
