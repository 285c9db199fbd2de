package io.skein.kernel.graph;

import io.skein.kernel.id.NetworkId;

/** The network's {@link CausalGraph} with at most {@code nodeLimit} nodes (1 to 10,000), the busiest first, and the edges between them. */
public record FindGraph(NetworkId networkId, int nodeLimit) {
    public static final int DEFAULT_NODE_LIMIT = 2_000;
    public static final int MAX_NODE_LIMIT = 10_000;
}
