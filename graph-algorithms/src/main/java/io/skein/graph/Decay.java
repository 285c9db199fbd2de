package io.skein.graph;

/** Weights that halve every {@value #HALF_LIFE} steps; a step is one delivery of a source, so no clock is needed. */
final class Decay {
    static final int HALF_LIFE = 256;
    // Beyond 64 half-lives nothing is left that a double's share of 1 could show.
    private static final int STEPS = 64 * HALF_LIFE;
    private static final double[] POWERS = new double[STEPS];
    private static final double[] TOTALS = new double[STEPS];

    static {
        double perStep = StrictMath.pow(0.5, 1.0 / HALF_LIFE);
        double total = 0;
        for (int i = 0; i < STEPS; i++) {
            POWERS[i] = StrictMath.pow(0.5, (double) i / HALF_LIFE);
            TOTALS[i] = total;
            total = total * perStep + 1;
        }
    }

    private Decay() {}

    /** What is left of 1 after the steps. */
    static double after(long steps) {
        return steps < STEPS ? POWERS[(int) steps] : 0;
    }

    /** The weight of all of a source's deliveries after its last one. */
    static double total(long deliveries) {
        return TOTALS[(int) Math.min(deliveries, STEPS - 1)];
    }
}
