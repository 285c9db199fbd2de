package io.skein.kernel.trust;

/**
 * Quantiles of a Beta distribution, the same on every machine: the regularised incomplete beta function by its continued fraction (Lentz), the
 * logarithm of the gamma function by Stirling's series, the quantile by bisection. To about 1e-9.
 */
public final class BetaQuantile {
    private static final int HALVINGS = 60;
    private static final int MAX_TERMS = 10_000;
    private static final double TINY = 1e-300;
    private static final double CLOSE = 1e-15;
    private static final double LARGE = 10;

    private BetaQuantile() {}

    /**
     * The value below which Beta(alpha, beta) lies with the given probability.
     *
     * @param alpha above 0
     * @param beta above 0
     */
    public static double of(double probability, double alpha, double beta) {
        double low = 0;
        double high = 1;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (below(middle, alpha, beta) < probability) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /** Probability that Beta(alpha, beta) lies below {@code x}. */
    static double below(double x, double alpha, double beta) {
        if (x <= 0) {
            return 0;
        }
        if (x >= 1) {
            return 1;
        }
        double front = StrictMath.exp(logGamma(alpha + beta)
                - logGamma(alpha)
                - logGamma(beta)
                + alpha * StrictMath.log(x)
                + beta * StrictMath.log1p(-x));
        return x < (alpha + 1) / (alpha + beta + 2)
                ? front * fraction(x, alpha, beta) / alpha
                : 1 - front * fraction(1 - x, beta, alpha) / beta;
    }

    private static double fraction(double x, double a, double b) {
        double c = 1;
        double d = 1 / notZero(1 - (a + b) * x / (a + 1));
        double h = d;
        for (int m = 1; m <= MAX_TERMS; m++) {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / notZero(1 + even * d);
            c = notZero(1 + even / c);
            h *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / notZero(1 + odd * d);
            c = notZero(1 + odd / c);
            h *= d * c;
            if (Math.abs(d * c - 1) < CLOSE) {
                break;
            }
        }
        return h;
    }

    private static double notZero(double value) {
        return Math.abs(value) < TINY ? TINY : value;
    }

    private static double logGamma(double x) {
        double shift = 0;
        double z = x;
        while (z < LARGE) {
            shift += StrictMath.log(z);
            z++;
        }
        double inverse = 1 / (z * z);
        double series =
                (1.0 / 12 - inverse * (1.0 / 360 - inverse * (1.0 / 1_260 - inverse * (1.0 / 1_680 - inverse / 1_188))))
                        / z;
        return (z - 0.5) * StrictMath.log(z) - z + 0.5 * StrictMath.log(2 * Math.PI) + series - shift;
    }
}
