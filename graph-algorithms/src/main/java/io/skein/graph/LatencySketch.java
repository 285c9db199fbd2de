package io.skein.graph;

import java.util.Arrays;

/**
 * A distribution of times in a few characters: counts in buckets whose bounds grow by the fourth root of 2, so that a quantile is within 9.1 % of
 * an observed time. The first character is the lowest bucket, the others are counts. Where a count would overflow, all are halved: old times fade,
 * quantiles stay.
 */
public final class LatencySketch {
    private static final int BUCKETS = 160;
    private static final int PER_DOUBLING = 4;
    private static final double MICROS_PER_MILLI = 1_000;
    private static final long[] UPPER = new long[BUCKETS];

    static {
        for (int i = 0; i < BUCKETS; i++) {
            UPPER[i] = (long) StrictMath.floor(StrictMath.pow(2, (double) i / PER_DOUBLING));
        }
    }

    private LatencySketch() {}

    /** A sketch of one time. @param micros 0 or more */
    static char[] of(long micros) {
        return new char[] {(char) bucket(micros), 1};
    }

    /** The sketch with one more time; the same array where it has room. */
    static char[] with(char[] sketch, long micros) {
        int bucket = bucket(micros);
        int lowest = sketch[0];
        int highest = lowest + sketch.length - 2;
        char[] into = sketch;
        if (bucket < lowest) {
            into = new char[sketch.length + lowest - bucket];
            into[0] = (char) bucket;
            System.arraycopy(sketch, 1, into, 1 + lowest - bucket, sketch.length - 1);
        } else if (bucket > highest) {
            into = Arrays.copyOf(sketch, sketch.length + bucket - highest);
        }
        int at = 1 + bucket - into[0];
        if (into[at] == Character.MAX_VALUE) {
            for (int i = 1; i < into.length; i++) {
                into[i] = (char) ((into[i] + 1) / 2);
            }
        }
        into[at]++;
        return into;
    }

    /** Adds another sketch's counts. */
    static char[] merge(char[] one, char[] other) {
        int lowest = Math.min(one[0], other[0]);
        int highest = Math.max(one[0] + one.length, other[0] + other.length) - 2;
        int[] counts = new int[highest - lowest + 1];
        int largest = 0;
        for (char[] sketch : new char[][] {one, other}) {
            for (int i = 1; i < sketch.length; i++) {
                counts[sketch[0] - lowest + i - 1] += sketch[i];
                largest = Math.max(largest, counts[sketch[0] - lowest + i - 1]);
            }
        }
        char[] merged = new char[counts.length + 1];
        merged[0] = (char) lowest;
        for (int i = 0; i < counts.length; i++) {
            merged[i + 1] = (char) (largest > Character.MAX_VALUE ? (counts[i] + 1) / 2 : counts[i]);
        }
        return merged;
    }

    /**
     * The time in milliseconds that the share of all is not above.
     *
     * @param share 0 to 1
     */
    public static double millisAt(char[] sketch, double share) {
        long total = 0;
        for (int i = 1; i < sketch.length; i++) {
            total += sketch[i];
        }
        long rank = Math.max(1, (long) StrictMath.ceil(share * total));
        int i = 0;
        for (long seen = 0; seen < rank; ) {
            i++;
            seen += sketch[i];
        }
        return middle(sketch[0] + i - 1) / MICROS_PER_MILLI;
    }

    private static int bucket(long micros) {
        int found = Arrays.binarySearch(UPPER, PER_DOUBLING * 2, BUCKETS, micros);
        if (micros < UPPER[PER_DOUBLING * 2]) {
            return micros <= 0 ? 0 : micros == 1 ? PER_DOUBLING : micros == 2 ? PER_DOUBLING + 1 : PER_DOUBLING + 2;
        }
        return Math.min(BUCKETS - 1, found >= 0 ? found : -found - 1);
    }

    // Up to 3 µs each number has a bucket of its own; above, the middle in the logarithmic sense.
    private static double middle(int bucket) {
        if (bucket < PER_DOUBLING * 2) {
            return bucket == 0 ? 0 : bucket - PER_DOUBLING + 1;
        }
        return StrictMath.pow(2, (bucket - 0.5) / PER_DOUBLING);
    }
}
