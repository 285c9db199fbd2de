package io.skein.kernel.graph;

import io.skein.kernel.id.NetworkId;
import java.util.List;

/**
 * Who talks to whom, true up to a position.
 *
 * @param nodeCount all nodes of the network, also those left out here
 * @param edgeCount all edges of the network, also those left out here
 * @param messageCount messages recorded or blocked in the network
 * @param truncated whether the limit left nodes or edges out (the busiest stay)
 */
public record CausalGraph(
        NetworkId networkId,
        long position,
        long nodeCount,
        long edgeCount,
        long messageCount,
        boolean truncated,
        List<GraphNode> nodes,
        List<GraphEdge> edges) {
    public CausalGraph {
        nodes = List.copyOf(nodes);
        edges = List.copyOf(edges);
    }
}
