package io.skein.projection.cascades;

/** The regularised incomplete gamma function, the same on every machine. Series and continued fraction; relative error below 1e-10. */
final class Gamma {
    private static final double[] LANCZOS = {
        676.5203681218851,
        -1259.1392167224028,
        771.32342877765313,
        -176.61502916214059,
        12.507343278686905,
        -0.13857109526572012,
        9.9843695780195716e-6,
        1.5056327351493116e-7
    };

    private Gamma() {}

    /** P(shape, x): the probability that a gamma variable of rate 1 is at most {@code x}. */
    static double lower(double shape, double x) {
        if (x <= 0) {
            return 0;
        }
        double front = StrictMath.exp(shape * StrictMath.log(x) - x - logGamma(shape));
        if (x < shape + 1) {
            double term = 1 / shape;
            double sum = term;
            for (double n = shape + 1; term > sum * 1e-15; n++) {
                term *= x / n;
                sum += term;
            }
            return Math.min(1, front * sum);
        }
        double b = x + 1 - shape;
        double c = 1e300;
        double d = 1 / b;
        double h = d;
        for (int i = 1; i < 100_000; i++) {
            double a = -i * (i - shape);
            b += 2;
            d = a * d + b;
            d = 1 / (Math.abs(d) < 1e-300 ? 1e-300 : d);
            c = b + a / c;
            c = Math.abs(c) < 1e-300 ? 1e-300 : c;
            double step = d * c;
            h *= step;
            if (Math.abs(step - 1) < 1e-15) {
                break;
            }
        }
        return Math.max(0, 1 - front * h);
    }

    static double logGamma(double x) {
        double t = x - 1;
        double sum = 0.99999999999980993;
        for (int i = 0; i < LANCZOS.length; i++) {
            sum += LANCZOS[i] / (t + i + 1);
        }
        double base = t + LANCZOS.length - 0.5;
        return 0.5 * StrictMath.log(2 * Math.PI) + (t + 0.5) * StrictMath.log(base) - base + StrictMath.log(sum);
    }
}
