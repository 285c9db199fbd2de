package io.skein.projection.hoarding;

import java.util.Arrays;

/** Max-min fairness (Bertsekas and Gallager): nobody gets more than it wants, and what is left is shared alike. */
final class FairShare {
    private FairShare() {}

    /** The most that anybody gets; who wants less gets what it wants. O(n log n). */
    static double level(double[] demands, double capacity) {
        double[] sorted = demands.clone();
        Arrays.sort(sorted);
        double left = capacity;
        for (int i = 0; i < sorted.length; i++) {
            double equal = left / (sorted.length - i);
            if (sorted[i] >= equal) {
                return equal;
            }
            left -= sorted[i];
        }
        return Double.POSITIVE_INFINITY;
    }
}
