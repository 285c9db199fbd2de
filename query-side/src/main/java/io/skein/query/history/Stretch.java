package io.skein.query.history;

import org.jspecify.annotations.Nullable;

/**
 * A range of positions to look through, in one direction.
 *
 * @param first inclusive
 * @param last inclusive
 * @param descending whether from the last to the first
 */
record Stretch(long first, long last, boolean descending) {
    /** Positions that one stretch of {@code history_stretch} can hold. */
    static final long LENGTH = 4_096;

    boolean isEmpty() {
        return first > last;
    }

    /** Without what was looked through before, where something was. */
    Stretch beyond(@Nullable Long position) {
        if (position == null) {
            return this;
        }
        return descending
                ? new Stretch(first, Math.min(last, position - 1), true)
                : new Stretch(Math.max(first, position + 1), last, false);
    }
}
