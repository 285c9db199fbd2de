package io.skein.query.graph;

import io.skein.kernel.graph.GraphEdge;
import io.skein.kernel.graph.GraphNode;
import io.skein.kernel.graph.Relationship;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.NetworkId;
import io.skein.query.reading.ItemChanges;
import io.skein.query.reading.ItemChanges.OfNetwork;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The SQL over {@code causal_node}, {@code causal_edge} and {@code causal_count}. */
@Component
final class GraphRows {
    private static final String NODES = """
            select t.network_id, t.agent_id, t.sent, t.received, t.errors, t.quarantined, t.first_position, t.last_position
            from causal_node t""";

    private static final String EDGES = """
            select t.network_id, t.source, t.target, t.relationship, t.messages, t.errors, t.first_position, t.last_position
            from causal_edge t""";

    private final JdbcClient jdbc;

    GraphRows(@Qualifier("queryJdbcClient") JdbcClient queryJdbcClient) {
        this.jdbc = queryJdbcClient;
    }

    /** How many nodes, edges and messages a network has. */
    record Counts(long nodes, long edges, long messages) {
        static final Counts NONE = new Counts(0, 0, 0);
    }

    Counts counts(NetworkId networkId) {
        return counts(Set.of(networkId)).getOrDefault(networkId, Counts.NONE);
    }

    Map<NetworkId, Counts> counts(Set<NetworkId> networks) {
        Map<NetworkId, Counts> counts = new LinkedHashMap<>();
        jdbc.sql("select network_id, nodes, edges, messages from causal_count where network_id = any(:networks)")
                .param("networks", networks.stream().map(NetworkId::value).toArray(String[]::new))
                .query(row -> {
                    counts.put(
                            new NetworkId(row.getString("network_id")),
                            new Counts(row.getLong("nodes"), row.getLong("edges"), row.getLong("messages")));
                });
        return counts;
    }

    List<GraphNode> busiestNodes(NetworkId networkId, int limit) {
        return jdbc.sql(NODES
                        + " where t.network_id = :network order by t.sent + t.received desc, t.agent_id limit :limit")
                .param("network", networkId.value())
                .param("limit", limit)
                .query(GraphRows::node)
                .list();
    }

    /** The busiest edges of the network. */
    List<GraphEdge> busiestEdges(NetworkId networkId, int limit) {
        return jdbc.sql(EDGES
                        + " where t.network_id = :network order by t.messages desc, t.source, t.target, t.relationship"
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
                        + " where t.network_id = :network order by t.messages desc, t.source, t.target, t.relationship"
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
        return new GraphNode(
                new AgentId(row.getString("agent_id")),
                row.getLong("sent"),
                row.getLong("received"),
                row.getLong("errors"),
                row.getBoolean("quarantined"),
                row.getLong("first_position"),
                row.getLong("last_position"));
    }

    private static GraphEdge edge(ResultSet row, int number) throws SQLException {
        return new GraphEdge(
                new AgentId(row.getString("source")),
                new AgentId(row.getString("target")),
                Relationship.valueOf(row.getString("relationship").toUpperCase(Locale.ROOT)),
                row.getLong("messages"),
                row.getLong("errors"),
                row.getLong("first_position"),
                row.getLong("last_position"));
    }
}
