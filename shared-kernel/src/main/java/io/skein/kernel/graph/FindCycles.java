package io.skein.kernel.graph;

import io.skein.kernel.id.NetworkId;
import org.jspecify.annotations.Nullable;

/**
 * Ways round inside one strongly connected component, over agents met once each: {@link Cycles}. They are structure, no alarm: a request and its response
 * are one.
 *
 * @param component number of the component, as {@link ListComponents} gave it
 * @param hops edges of one at most, 2 to 12
 * @param limit of cycles, 1 to 1,000
 * @param relationship only over edges of this kind; null for all
 * @param cursor where an earlier search stopped, or null
 */
public record FindCycles(
        NetworkId networkId,
        int component,
        int hops,
        int limit,
        @Nullable Relationship relationship,
        @Nullable String cursor) {
    public static final int LEAST_HOPS = 2;
    public static final int MOST_HOPS = 12;
}
