package io.skein.projection.causalgraph;

import io.skein.graph.NetworkGraph;
import io.skein.graph.NetworkGraph.EdgeName;
import io.skein.graph.NetworkGraph.EdgeState;
import io.skein.graph.NetworkGraph.NodeState;
import io.skein.projection.causalgraph.Topology.Folding;
import io.skein.projection.causalgraph.Topology.Network;
import io.skein.projection.engine.Columns;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The tables as the memory's other form: what changed goes there, and all of it comes back after a restart. */
final class TopologyRows {
    private static final int FETCHED_AT_ONCE = 10_000;

    private record NodeRow(String network, NetworkGraph graph, int number) {}

    private TopologyRows() {}

    static void write(Topology topology, Connection database) throws SQLException {
        List<Network> changed =
                topology.networks().stream().filter(network -> network.changed).toList();
        List<NodeRow> nodes = new ArrayList<>();
        List<CausalEdge> edges = new ArrayList<>();
        for (Network network : changed) {
            NetworkGraph graph = network.graph;
            Arrays.stream(graph.changedNodes()).forEach(node -> nodes.add(new NodeRow(network.name, graph, node)));
            Arrays.stream(graph.changedEdges()).forEach(edge -> edges.add(new CausalEdge(network.name, graph, edge)));
        }
        // First: who was folded and spoke again has a new row.
        for (Network network : changed) {
            for (GraphMetrics metrics : network.measured) {
                metrics.write(database);
            }
            network.measured.clear();
            for (Folding folding : network.foldings) {
                writeFolded(network.name, folding, database);
            }
            network.foldings.clear();
        }
        writeNodes(nodes, database);
        writeEdges(edges, database);
        writeCounts(changed, database);
        for (Network network : changed) {
            network.graph.forgetChanges();
            network.changed = false;
        }
    }

    // Rows are changed, not deleted: whoever holds them has to hear of it.
    private static void writeFolded(String network, Folding folding, Connection database) throws SQLException {
        Columns.of(folding.folded().agents())
                .text(agent -> network)
                .text(agent -> agent)
                .number(agent -> folding.position())
                .update(database, """
                        with folded as (select * from unnest(?, ?, ?) as c (network_id, agent_id, last_position)),
                        unranked as (
                            delete from causal_rank r using folded f where r.network_id = f.network_id and r.agent_id = f.agent_id
                                and r.last_position < f.last_position)
                        update causal_node n set folded = true, quarantined = false, last_position = f.last_position
                        from folded f where n.network_id = f.network_id and n.agent_id = f.agent_id""");
        Columns.of(folding.folded().edges())
                .text(edge -> network)
                .text(EdgeName::source)
                .text(EdgeName::target)
                .text(edge -> CausalEdge.relationship(edge.kind()))
                .number(edge -> folding.position())
                .update(database, """
                        update causal_edge e set folded = true, quarantine_affected = false, last_position = f.last_position
                        from unnest(?, ?, ?, ?, ?) as f (network_id, source, target, relationship, last_position)
                        where e.network_id = f.network_id and e.source = f.source and e.target = f.target
                            and e.relationship = f.relationship""");
    }

    private static void writeNodes(List<NodeRow> rows, Connection database) throws SQLException {
        Columns.of(rows)
                .text(NodeRow::network)
                .text(row -> row.graph.agent(row.number))
                .number(row -> row.graph.sentBy(row.number))
                .number(row -> row.graph.receivedBy(row.number))
                .number(row -> row.graph.errorsOf(row.number))
                .flag(row -> row.graph.isQuarantined(row.number))
                .number(row -> (long) row.graph.ordinal(row.number))
                .number(row -> row.graph.deliveriesOf(row.number))
                .number(row -> (long) row.graph.degree(row.number))
                .number(row -> row.graph.triangles(row.number))
                .number(row -> (long) row.graph.community(row.number))
                .number(row -> row.graph.firstPositionOfNode(row.number))
                .number(row -> row.graph.activePositionOfNode(row.number))
                .number(row -> row.graph.lastPositionOfNode(row.number))
                .update(database, """
                        insert into causal_node
                            (network_id, agent_id, sent, received, errors, quarantined, ordinal, deliveries, neighbours, triangles, community,
                             first_position, active_position, last_position)
                        select * from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        on conflict (network_id, agent_id) do update set
                            sent = excluded.sent, received = excluded.received, errors = excluded.errors, quarantined = excluded.quarantined,
                            ordinal = excluded.ordinal, deliveries = excluded.deliveries, neighbours = excluded.neighbours,
                            triangles = excluded.triangles, community = excluded.community, folded = false,
                            first_position = excluded.first_position, active_position = excluded.active_position,
                            last_position = excluded.last_position""");
    }

    private static void writeEdges(List<CausalEdge> rows, Connection database) throws SQLException {
        Columns.of(rows)
                .text(CausalEdge::network)
                .text(CausalEdge::source)
                .text(CausalEdge::target)
                .text(CausalEdge::relationship)
                .number(row -> row.graph().messagesOn(row.number()))
                .number(row -> row.graph().errorsOn(row.number()))
                .number(row -> (long) row.graph().edgeOrdinal(row.number()))
                .real(row -> row.graph().weight(row.number()))
                .number(row -> row.graph().step(row.number()))
                .real(row -> (double) row.graph().strength(row.number()))
                .bytes(CausalEdge::latencies)
                .real(row -> row.latencyMillisAt(0.5))
                .real(row -> row.latencyMillisAt(0.95))
                .real(row -> row.latencyMillisAt(0.99))
                .flag(row -> row.graph().isEdgeAffected(row.number()))
                .number(row -> row.graph().firstPositionOfEdge(row.number()))
                .number(row -> row.graph().activePositionOfEdge(row.number()))
                .number(row -> row.graph().lastPositionOfEdge(row.number()))
                .update(database, """
                        insert into causal_edge
                            (network_id, source, target, relationship, messages, errors, ordinal, weight, step, strength, latency,
                             latency_p50_millis, latency_p95_millis, latency_p99_millis, quarantine_affected,
                             first_position, active_position, last_position)
                        select * from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        on conflict (network_id, source, target, relationship) do update set
                            messages = excluded.messages, errors = excluded.errors, ordinal = excluded.ordinal, weight = excluded.weight,
                            step = excluded.step, strength = excluded.strength, latency = excluded.latency,
                            latency_p50_millis = excluded.latency_p50_millis, latency_p95_millis = excluded.latency_p95_millis,
                            latency_p99_millis = excluded.latency_p99_millis, quarantine_affected = excluded.quarantine_affected,
                            folded = false, first_position = excluded.first_position, active_position = excluded.active_position,
                            last_position = excluded.last_position""");
    }

    private static void writeCounts(List<Network> rows, Connection database) throws SQLException {
        Columns.of(rows)
                .text(row -> row.name)
                .number(row -> (long) row.graph.nodeCount())
                .number(row -> (long) row.graph.edgeCount())
                .number(row -> row.graph.messageCount())
                .number(row -> row.graph.isolatedCount())
                .number(row -> row.quarantined)
                .number(row -> row.folded)
                .number(row -> (long) row.graph.nextOrdinal())
                .number(row -> (long) row.graph.nextEdgeOrdinal())
                .number(row -> row.lastPosition)
                .update(database, """
                        insert into causal_count
                            (network_id, nodes, edges, messages, isolated, quarantined, folded_nodes, next_ordinal, next_edge_ordinal, last_position)
                        select * from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        on conflict (network_id) do update set
                            nodes = excluded.nodes, edges = excluded.edges, messages = excluded.messages, isolated = excluded.isolated,
                            quarantined = excluded.quarantined, folded_nodes = excluded.folded_nodes, next_ordinal = excluded.next_ordinal,
                            next_edge_ordinal = excluded.next_edge_ordinal, last_position = excluded.last_position""");
    }

    /** Makes the graphs of all networks from their rows, as they were when the rows were written. */
    static void restore(Topology topology, Connection database) throws SQLException {
        each(
                database,
                "select * from causal_node where not folded order by network_id, ordinal",
                row -> topology.network(row.getString("network_id")).graph.restoreNode(node(row)));
        each(
                database,
                "select * from causal_edge where not folded order by network_id, ordinal",
                row -> topology.network(row.getString("network_id")).graph.restoreEdge(edge(row)));
        each(database, "select * from causal_count", row -> {
            Network network = topology.network(row.getString("network_id"));
            network.graph.restoreCounts(
                    row.getLong("messages"), row.getInt("next_ordinal"), row.getInt("next_edge_ordinal"));
            network.lastPosition = row.getLong("last_position");
            network.quarantined = row.getLong("quarantined");
            network.folded = row.getLong("folded_nodes");
        });
        each(
                database,
                "select network_id, messages from graph_metrics",
                row -> topology.network(row.getString("network_id")).measuredAtMessages = row.getLong("messages"));
        each(database, "select network_id, agent_id, page_rank from causal_rank", row -> {
            Network network = topology.network(row.getString("network_id"));
            int node = network.graph.find(row.getString("agent_id"));
            if (node >= 0) {
                if (node >= network.ranks.length) {
                    network.ranks = Arrays.copyOf(network.ranks, network.graph.nodeCount());
                }
                network.ranks[node] = row.getDouble("page_rank");
            }
        });
    }

    private static NodeState node(ResultSet row) throws SQLException {
        return new NodeState(
                row.getString("agent_id"),
                row.getInt("ordinal"),
                row.getLong("sent"),
                row.getLong("received"),
                row.getLong("errors"),
                row.getLong("deliveries"),
                row.getInt("community"),
                row.getBoolean("quarantined"),
                row.getLong("first_position"),
                row.getLong("active_position"),
                row.getLong("last_position"));
    }

    private static EdgeState edge(ResultSet row) throws SQLException {
        return new EdgeState(
                row.getString("source"),
                row.getString("target"),
                CausalEdge.kind(row.getString("relationship")),
                row.getInt("ordinal"),
                row.getLong("messages"),
                row.getLong("errors"),
                row.getDouble("weight"),
                row.getLong("step"),
                row.getFloat("strength"),
                CausalEdge.latencies(row.getBytes("latency")),
                row.getLong("first_position"),
                row.getLong("active_position"),
                row.getLong("last_position"));
    }

    private interface EachRow {
        void take(ResultSet row) throws SQLException;
    }

    private static void each(Connection database, String sql, EachRow reader) throws SQLException {
        try (Statement select = database.createStatement()) {
            // In portions: all rows at once would need more room than the graph.
            select.setFetchSize(FETCHED_AT_ONCE);
            try (ResultSet rows = select.executeQuery(sql)) {
                while (rows.next()) {
                    reader.take(rows);
                }
            }
        }
    }
}
