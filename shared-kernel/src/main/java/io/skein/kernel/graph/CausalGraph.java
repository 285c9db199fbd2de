package io.skein.kernel.graph;

import io.skein.kernel.id.NetworkId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who talks to whom, true up to a position.
 *
 * @param nodeCount all nodes of the network, also those left out here
 * @param edgeCount all edges of the network, also those left out here
 * @param messageCount messages recorded or blocked in the network
 * @param foldedCount agents that were folded into one node to keep the graph within its limits
 * @param truncated whether the limit left nodes or edges out (the busiest stay)
 * @param metrics the graph's shape; null before it is measured for the first time
 */
public record CausalGraph(
        NetworkId networkId,
        long position,
        long nodeCount,
        long edgeCount,
        long messageCount,
        long foldedCount,
        boolean truncated,
        @Nullable GraphShape metrics,
        List<GraphNode> nodes,
        List<GraphEdge> edges) {
    public CausalGraph {
        nodes = List.copyOf(nodes);
        edges = List.copyOf(edges);
    }
}
