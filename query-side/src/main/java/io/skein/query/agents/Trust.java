package io.skein.query.agents;

import org.hipparchus.distribution.continuous.BetaDistribution;

/**
 * Belief in an agent as people read it: 100 × the mean of Beta(good, bad) and the bounds of its central 90 % interval, each rounded to a
 * thousandth.
 */
record Trust(double mean, double low, double high) {
    private static final double TAIL = 0.05;
    private static final double THOUSANDTHS = 1_000;

    /** @throws IllegalArgumentException if a weight is not above 0 */
    static Trust of(double good, double bad) {
        if (!(good > 0 && bad > 0)) {
            throw new IllegalArgumentException(
                    "Beta(" + good + ", " + bad + ") is no belief; expected weights above 0");
        }
        BetaDistribution belief = new BetaDistribution(good, bad);
        return new Trust(
                shown(good / (good + bad)),
                shown(belief.inverseCumulativeProbability(TAIL)),
                shown(belief.inverseCumulativeProbability(1 - TAIL)));
    }

    private static double shown(double probability) {
        return Math.round(probability * 100 * THOUSANDTHS) / THOUSANDTHS;
    }
}
