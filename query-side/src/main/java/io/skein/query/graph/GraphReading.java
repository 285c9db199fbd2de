package io.skein.query.graph;

import io.skein.kernel.graph.CausalGraph;
import io.skein.kernel.graph.GraphEdge;
import io.skein.kernel.graph.GraphNode;
import io.skein.kernel.id.NetworkId;
import java.util.List;
import org.springframework.stereotype.Component;

/** Puts a graph together in the transaction that is open. */
@Component
final class GraphReading {
    /** Edges for each node allowed: a drawing with more shows nothing, and the answer stays of a size that can be sent. */
    static final int EDGES_PER_NODE = 10;

    private final GraphRows rows;

    GraphReading(GraphRows rows) {
        this.rows = rows;
    }

    CausalGraph read(NetworkId networkId, long position, int nodeLimit) {
        GraphRows.Counts counts = rows.counts(networkId);
        List<GraphNode> nodes = rows.busiestNodes(networkId, nodeLimit);
        int edgeLimit = nodeLimit * EDGES_PER_NODE;
        List<GraphEdge> edges = nodes.size() < nodeLimit
                ? rows.busiestEdges(networkId, edgeLimit)
                : rows.busiestEdgesAmong(networkId, nodes, edgeLimit);
        boolean truncated = nodes.size() < counts.nodes() || edges.size() < counts.edges();
        return new CausalGraph(
                networkId,
                position,
                counts.nodes(),
                counts.edges(),
                counts.messages(),
                counts.folded(),
                truncated,
                counts.shape(),
                nodes,
                edges);
    }
}
