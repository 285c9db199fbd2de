package io.skein.query.graph;

import io.skein.kernel.graph.FindGraph;
import io.skein.kernel.graph.GraphEdge;
import io.skein.kernel.graph.GraphNode;
import io.skein.kernel.graph.GraphShape;
import io.skein.kernel.id.NetworkId;
import io.skein.query.graph.GraphRows.Counts;
import io.skein.query.reading.ConsistentReads;
import io.skein.query.reading.ItemChanges;
import io.skein.query.reading.ItemChanges.OfNetwork;
import io.skein.query.reading.LiveSource;
import io.skein.query.reading.ProjectionName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

@Component
final class GraphStream implements LiveSource {
    private final ConsistentReads reads;
    private final GraphReading graphs;
    private final GraphRows rows;

    GraphStream(ConsistentReads reads, GraphReading graphs, GraphRows rows) {
        this.reads = reads;
        this.graphs = graphs;
        this.rows = rows;
    }

    /** Nodes and edges that changed, and how many there are now. */
    record GraphChanges(
            List<GraphNode> nodes,
            List<GraphEdge> edges,
            long nodeCount,
            long edgeCount,
            long messageCount,
            long foldedCount,
            @Nullable GraphShape metrics) {}

    @Override
    public String stream() {
        return "graph";
    }

    @Override
    public String projection() {
        return ProjectionName.CAUSAL_GRAPH;
    }

    @Override
    public Object state(NetworkId networkId) {
        return reads.at(
                ProjectionName.CAUSAL_GRAPH,
                position -> graphs.read(networkId, position, FindGraph.DEFAULT_NODE_LIMIT));
    }

    @Override
    public Optional<Map<NetworkId, Changes>> changes(Map<NetworkId, Long> after, long to, int rowLimit) {
        Optional<List<OfNetwork<GraphNode>>> nodes = rows.changedNodes(after, to, rowLimit);
        Optional<List<OfNetwork<GraphEdge>>> edges =
                nodes.flatMap(changed -> rows.changedEdges(after, to, rowLimit - changed.size()));
        if (nodes.isEmpty() || edges.isEmpty()) {
            return Optional.empty();
        }
        Map<NetworkId, List<GraphNode>> nodesOf = ItemChanges.byNetwork(after.keySet(), nodes.get());
        Map<NetworkId, List<GraphEdge>> edgesOf = ItemChanges.byNetwork(after.keySet(), edges.get());
        Map<NetworkId, Counts> counts = rows.counts(after.keySet());
        Map<NetworkId, Changes> changes = new LinkedHashMap<>();
        for (NetworkId network : after.keySet()) {
            List<GraphNode> changedNodes = nodesOf.getOrDefault(network, List.of());
            List<GraphEdge> changedEdges = edgesOf.getOrDefault(network, List.of());
            changes.put(
                    network,
                    new Changes(
                            changedNodes.size() + changedEdges.size(),
                            body(changedNodes, changedEdges, counts.getOrDefault(network, Counts.NONE))));
        }
        return Optional.of(changes);
    }

    @Override
    public Object nothing() {
        return body(List.of(), List.of(), Counts.NONE);
    }

    private static GraphChanges body(List<GraphNode> nodes, List<GraphEdge> edges, Counts counts) {
        return new GraphChanges(
                nodes, edges, counts.nodes(), counts.edges(), counts.messages(), counts.folded(), counts.shape());
    }
}
