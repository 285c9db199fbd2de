package io.skein.query.replay;

import org.jspecify.annotations.Nullable;

/**
 * Which events, and how fast.
 *
 * @param after the first event is the one behind this position
 * @param upTo the last one at most
 * @param speed how many times as fast as it happened; 0: as fast as can be
 * @param network null: all of them, as with the others
 * @param agent sender, target or subject
 */
public record ReplayRequest(
        long after,
        long upTo,
        double speed,
        @Nullable String network,
        @Nullable String agent,
        @Nullable String type,
        @Nullable String conversation) {
    public static final double FASTEST = 1_000_000;
}
