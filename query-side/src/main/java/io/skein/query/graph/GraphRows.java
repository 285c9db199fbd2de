package io.skein.query.graph;

import io.skein.kernel.graph.GraphEdge;
import io.skein.kernel.graph.GraphNode;
import io.skein.kernel.graph.GraphShape;
import io.skein.kernel.graph.Relationship;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.NetworkId;
import io.skein.query.reading.ItemChanges;
import io.skein.query.reading.ItemChanges.OfNetwork;
import io.skein.query.reading.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The SQL over {@code causal_node}, {@code causal_edge}, {@code causal_count} and {@code graph_metrics}. */
@Component
final class GraphRows {
    private static final String NODES = """
            select t.network_id, t.agent_id, t.sent, t.received, t.errors, t.quarantined, t.neighbours, t.triangles, t.community, t.folded,
                t.first_position, t.active_position, t.last_position
            from causal_node t""";

    private static final String EDGES = """
            select t.network_id, t.source, t.target, t.relationship, t.messages, t.errors, t.strength, t.latency_p50_millis,
                t.latency_p95_millis, t.latency_p99_millis, t.quarantine_affected, t.folded,
                t.first_position, t.active_position, t.last_position
            from causal_edge t""";

    private final JdbcClient jdbc;

    GraphRows(@Qualifier("queryJdbcClient") JdbcClient queryJdbcClient) {
        this.jdbc = queryJdbcClient;
    }

    /** How large a network's graph is, and what shape it has. */
    record Counts(
            long nodes,
            long edges,
            long messages,
            long folded,
            @Nullable GraphShape shape) {
        static final Counts NONE = new Counts(0, 0, 0, 0, null);
    }

    Counts counts(NetworkId networkId) {
        return counts(Set.of(networkId)).getOrDefault(networkId, Counts.NONE);
    }

    Map<NetworkId, Counts> counts(Set<NetworkId> networks) {
        Map<NetworkId, Counts> counts = new LinkedHashMap<>();
        jdbc.sql("""
                        select c.network_id, c.nodes, c.edges, c.messages, c.folded_nodes, m.messages as measured_messages,
                            m.nodes as measured_nodes, m.edges as measured_edges, m.isolated, m.stale, m.components, m.cyclic_components,
                            m.largest_component, m.communities, m.clustering, m.clustering_skips, m.path_length, m.path_length_error,
                            m.pivots, m.last_position as measured_position
                        from causal_count c left join graph_metrics m on m.network_id = c.network_id
                        where c.network_id = any(:networks)""")
                .param("networks", networks.stream().map(NetworkId::value).toArray(String[]::new))
                .query(row -> {
                    counts.put(
                            new NetworkId(row.getString("network_id")),
                            new Counts(
                                    row.getLong("nodes"),
                                    row.getLong("edges"),
                                    row.getLong("messages"),
                                    row.getLong("folded_nodes"),
                                    shape(row)));
                });
        return counts;
    }

    private static @Nullable GraphShape shape(ResultSet row) throws SQLException {
        long position = row.getLong("measured_position");
        if (row.wasNull()) {
            return null;
        }
        return new GraphShape(
                position,
                row.getLong("measured_messages"),
                row.getLong("measured_nodes"),
                row.getLong("measured_edges"),
                row.getLong("isolated"),
                row.getLong("stale"),
                row.getLong("components"),
                row.getLong("cyclic_components"),
                row.getLong("largest_component"),
                row.getLong("communities"),
                row.getDouble("clustering"),
                row.getLong("clustering_skips"),
                row.getDouble("path_length"),
                Rows.doubleOrNull(row, "path_length_error"),
                row.getInt("pivots"));
    }

    List<GraphNode> busiestNodes(NetworkId networkId, int limit) {
        return jdbc.sql(
                        NODES
                                + " where t.network_id = :network and not t.folded order by t.sent + t.received desc, t.agent_id limit :limit")
                .param("network", networkId.value())
                .param("limit", limit)
                .query(GraphRows::node)
                .list();
    }

    /** The busiest edges of the network. */
    List<GraphEdge> busiestEdges(NetworkId networkId, int limit) {
        return jdbc.sql(EDGES
                        + " where t.network_id = :network and not t.folded order by t.messages desc, t.source, t.target, t.relationship"
                        + " limit :limit")
                .param("network", networkId.value())
                .param("limit", limit)
                .query(GraphRows::edge)
                .list();
    }

    /** The busiest edges of which both ends are among the nodes. */
    List<GraphEdge> busiestEdgesAmong(NetworkId networkId, List<GraphNode> nodes, int limit) {
        return jdbc.sql("with shown as (select unnest(:agents) as agent_id) " + EDGES
                        + " join shown s on s.agent_id = t.source join shown g on g.agent_id = t.target"
                        + " where t.network_id = :network and not t.folded order by t.messages desc, t.source, t.target, t.relationship"
                        + " limit :limit")
                .param("network", networkId.value())
                .param(
                        "agents",
                        nodes.stream().map(node -> node.agentId().value()).toArray(String[]::new))
                .param("limit", limit)
                .query(GraphRows::edge)
                .list();
    }

    Optional<List<OfNetwork<GraphNode>>> changedNodes(Map<NetworkId, Long> after, long to, int rowLimit) {
        return ItemChanges.read(jdbc, NODES, "true", after, to, rowLimit, GraphRows::node);
    }

    Optional<List<OfNetwork<GraphEdge>>> changedEdges(Map<NetworkId, Long> after, long to, int rowLimit) {
        return ItemChanges.read(jdbc, EDGES, "true", after, to, rowLimit, GraphRows::edge);
    }

    private static GraphNode node(ResultSet row, int number) throws SQLException {
        int neighbours = row.getInt("neighbours");
        return new GraphNode(
                new AgentId(row.getString("agent_id")),
                row.getLong("sent"),
                row.getLong("received"),
                row.getLong("errors"),
                row.getBoolean("quarantined"),
                neighbours,
                GraphNode.clustering(neighbours, row.getLong("triangles")),
                row.getInt("community"),
                row.getBoolean("folded"),
                row.getLong("first_position"),
                row.getLong("active_position"),
                row.getLong("last_position"));
    }

    private static GraphEdge edge(ResultSet row, int number) throws SQLException {
        long messages = row.getLong("messages");
        long errors = row.getLong("errors");
        return new GraphEdge(
                new AgentId(row.getString("source")),
                new AgentId(row.getString("target")),
                Relationship.valueOf(row.getString("relationship").toUpperCase(Locale.ROOT)),
                messages,
                errors,
                row.getDouble("strength"),
                (double) errors / messages,
                Rows.doubleOrNull(row, "latency_p50_millis"),
                Rows.doubleOrNull(row, "latency_p95_millis"),
                Rows.doubleOrNull(row, "latency_p99_millis"),
                row.getBoolean("quarantine_affected"),
                row.getBoolean("folded"),
                row.getLong("first_position"),
                row.getLong("active_position"),
                row.getLong("last_position"));
    }
}
