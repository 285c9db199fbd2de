package io.skein.projection.publish;

import io.skein.kernel.graph.GraphEdge;
import io.skein.kernel.graph.GraphNode;
import io.skein.kernel.graph.GraphShape;
import io.skein.kernel.graph.Relationship;
import io.skein.kernel.id.AgentId;
import io.skein.projection.publish.RowsSince.Row;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Nodes and edges of the causal graph. */
final class GraphFeed implements ChangeFeed {
    private static final class Changed {
        final List<GraphNode> nodes = new ArrayList<>();
        final List<GraphEdge> edges = new ArrayList<>();
        long nodeCount;
        long edgeCount;
        long messageCount;
        long foldedCount;

        @Nullable
        GraphShape metrics;

        /** One of them for most; more where one event changed more rows than one message should carry. */
        List<Object> parts() {
            List<Object> parts = new ArrayList<>();
            int longest = Math.max(nodes.size(), edges.size());
            for (int from = 0; from == 0 || from < longest; from += RowsSince.PAGE) {
                parts.add(toMap(slice(nodes, from), slice(edges, from)));
            }
            return parts;
        }

        private static <R> List<R> slice(List<R> rows, int from) {
            return rows.subList(Math.min(from, rows.size()), Math.min(from + RowsSince.PAGE, rows.size()));
        }

        private Map<String, Object> toMap(List<GraphNode> someNodes, List<GraphEdge> someEdges) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("nodes", someNodes);
            map.put("edges", someEdges);
            map.put("nodeCount", nodeCount);
            map.put("edgeCount", edgeCount);
            map.put("messageCount", messageCount);
            map.put("foldedCount", foldedCount);
            if (metrics != null) {
                map.put("metrics", metrics);
            }
            return map;
        }
    }

    private record Count(long nodes, long edges, long messages, long folded) {}

    @Override
    public String topic() {
        return "causal-graph-updates";
    }

    @Override
    public String stream() {
        return "graph";
    }

    @Override
    public String projection() {
        return "causal-graph";
    }

    @Override
    public String progressName() {
        return "publish-causal-graph";
    }

    @Override
    public Changes read(Connection database, long from, long asked) throws SQLException {
        List<Row<GraphNode>> nodes = RowsSince.read(
                database,
                "select * from causal_node where last_position > ? and last_position <= ? order by last_position limit ?",
                from,
                asked,
                row -> new GraphNode(
                        new AgentId(row.getString("agent_id")),
                        row.getLong("sent"),
                        row.getLong("received"),
                        row.getLong("errors"),
                        row.getBoolean("quarantined"),
                        row.getInt("neighbours"),
                        GraphNode.clustering(row.getInt("neighbours"), row.getLong("triangles")),
                        row.getInt("community"),
                        row.getBoolean("folded"),
                        row.getLong("first_position"),
                        row.getLong("active_position"),
                        row.getLong("last_position")));
        List<Row<GraphEdge>> edges = RowsSince.read(
                database,
                "select * from causal_edge where last_position > ? and last_position <= ? order by last_position limit ?",
                from,
                asked,
                row -> new GraphEdge(
                        new AgentId(row.getString("source")),
                        new AgentId(row.getString("target")),
                        Relationship.valueOf(row.getString("relationship").toUpperCase(Locale.ROOT)),
                        row.getLong("messages"),
                        row.getLong("errors"),
                        row.getDouble("strength"),
                        (double) row.getLong("errors") / row.getLong("messages"),
                        real(row, "latency_p50_millis"),
                        real(row, "latency_p95_millis"),
                        real(row, "latency_p99_millis"),
                        row.getBoolean("quarantine_affected"),
                        row.getBoolean("folded"),
                        row.getLong("first_position"),
                        row.getLong("active_position"),
                        row.getLong("last_position")));
        long to = Math.min(RowsSince.completeTo(nodes, asked), RowsSince.completeTo(edges, asked));
        Map<String, Changed> byNetwork = new TreeMap<>();
        nodes.stream()
                .filter(row -> row.position() <= to)
                .forEach(row -> of(byNetwork, row.network()).nodes.add(row.value()));
        edges.stream()
                .filter(row -> row.position() <= to)
                .forEach(row -> of(byNetwork, row.network()).edges.add(row.value()));
        RowsSince.read(
                        database,
                        "select * from causal_count where last_position > ? and ? is not null order by last_position limit ?",
                        from,
                        asked,
                        row -> new Count(
                                row.getLong("nodes"),
                                row.getLong("edges"),
                                row.getLong("messages"),
                                row.getLong("folded_nodes")))
                .forEach(row -> {
                    Changed changed = byNetwork.get(row.network());
                    if (changed != null) {
                        changed.nodeCount = row.value().nodes();
                        changed.edgeCount = row.value().edges();
                        changed.messageCount = row.value().messages();
                        changed.foldedCount = row.value().folded();
                    }
                });
        RowsSince.read(
                        database,
                        "select * from graph_metrics where last_position > ? and last_position <= ? order by last_position limit ?",
                        from,
                        to,
                        GraphFeed::shape)
                .forEach(row -> of(byNetwork, row.network()).metrics = row.value());
        Map<String, List<Object>> changes = new TreeMap<>();
        byNetwork.forEach((network, changed) -> changes.put(network, changed.parts()));
        return new Changes(to, changes);
    }

    private static GraphShape shape(ResultSet row) throws SQLException {
        return new GraphShape(
                row.getLong("last_position"),
                row.getLong("messages"),
                row.getLong("nodes"),
                row.getLong("edges"),
                row.getLong("isolated"),
                row.getLong("stale"),
                row.getLong("components"),
                row.getLong("cyclic_components"),
                row.getLong("largest_component"),
                row.getLong("communities"),
                row.getDouble("clustering"),
                row.getLong("clustering_skips"),
                row.getDouble("path_length"),
                real(row, "path_length_error"),
                row.getInt("pivots"));
    }

    private static @Nullable Double real(ResultSet row, String column) throws SQLException {
        double value = row.getDouble(column);
        return row.wasNull() ? null : value;
    }

    private static Changed of(Map<String, Changed> byNetwork, String network) {
        return byNetwork.computeIfAbsent(network, absent -> new Changed());
    }
}
