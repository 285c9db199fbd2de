package io.skein.projection.causalgraph;

import io.skein.graph.CompactGraph;
import io.skein.graph.Components;
import io.skein.graph.Estimate;
import io.skein.graph.NetworkGraph;
import io.skein.graph.PageRank;
import io.skein.graph.ShortestPaths;
import io.skein.projection.engine.Columns;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The shape of a network's graph at one position, and where each agent stands in it.
 *
 * @param messages of the network up to here
 * @param graph as it is when the rows are written, which may be later
 * @param stale nodes without an event of their own among the newest {@value #STALE_AFTER} positions of the log
 * @param ranks PageRank by node
 */
record GraphMetrics(
        String network,
        long position,
        long messages,
        NetworkGraph graph,
        long edges,
        long isolated,
        long triangleSkips,
        Components components,
        long stale,
        long communities,
        double clustering,
        ShortestPaths paths,
        double[] ranks) {
    static final long STALE_AFTER = 100_000;

    private static final double TOLERANCE = 1e-6;
    private static final int ROUNDS = 50;
    // Vertices and edges visited for one snapshot: what a second pays for several times over.
    private static final long STEPS = 20_000_000;
    private static final int MOST_PIVOTS = 256;

    /** @param warm the ranks of the snapshot before */
    static GraphMetrics of(String network, NetworkGraph graph, double[] warm, long position) {
        CompactGraph compact = graph.compact();
        BitSet communities = new BitSet();
        long stale = 0;
        for (int node = 0; node < graph.nodeCount(); node++) {
            communities.set(graph.community(node));
            stale += position - graph.activePositionOfNode(node) >= STALE_AFTER ? 1 : 0;
        }
        return new GraphMetrics(
                network,
                position,
                graph.messageCount(),
                graph,
                graph.edgeCount(),
                graph.isolatedCount(),
                graph.triangleSkips(),
                Components.of(compact),
                stale,
                communities.cardinality(),
                graph.clustering(),
                ShortestPaths.of(compact, STEPS, MOST_PIVOTS),
                PageRank.of(compact, warm, TOLERANCE, ROUNDS));
    }

    void write(Connection database) throws SQLException {
        Estimate length = paths.averageLength();
        Columns.of(List.of(this))
                .text(GraphMetrics::network)
                .number(GraphMetrics::messages)
                .number(row -> (long) ranks.length)
                .number(GraphMetrics::edges)
                .number(GraphMetrics::isolated)
                .number(GraphMetrics::stale)
                .number(row -> (long) components.count())
                .number(row -> (long) components.withCycles())
                .number(row -> (long) components.largest())
                .number(GraphMetrics::communities)
                .real(GraphMetrics::clustering)
                .number(GraphMetrics::triangleSkips)
                .real(row -> length.value())
                .real(row -> finite(length.error()))
                .number(row -> (long) paths.pivots())
                .number(GraphMetrics::position)
                .update(database, """
                        insert into graph_metrics
                            (network_id, messages, nodes, edges, isolated, stale, components, cyclic_components, largest_component, communities,
                             clustering, clustering_skips, path_length, path_length_error, pivots, last_position)
                        select * from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        on conflict (network_id) do update set
                            messages = excluded.messages, nodes = excluded.nodes, edges = excluded.edges, isolated = excluded.isolated,
                            stale = excluded.stale, components = excluded.components, cyclic_components = excluded.cyclic_components,
                            largest_component = excluded.largest_component, communities = excluded.communities,
                            clustering = excluded.clustering, clustering_skips = excluded.clustering_skips,
                            path_length = excluded.path_length, path_length_error = excluded.path_length_error,
                            pivots = excluded.pivots, last_position = excluded.last_position""");
        Columns.of(IntStream.range(0, ranks.length).boxed().toList())
                .text(node -> network)
                .text(graph::agent)
                .number(node -> (long) components.of(node))
                .number(node -> (long) components.size(components.of(node)))
                .real(node -> ranks[node])
                .real(node -> paths.betweenness(node).value())
                .real(node -> finite(paths.betweenness(node).error()))
                .number(node -> position)
                .update(database, """
                        insert into causal_rank
                            (network_id, agent_id, component, component_size, page_rank, betweenness, betweenness_error, last_position)
                        select * from unnest(?, ?, ?, ?, ?, ?, ?, ?)
                        on conflict (network_id, agent_id) do update set
                            component = excluded.component, component_size = excluded.component_size, page_rank = excluded.page_rank,
                            betweenness = excluded.betweenness, betweenness_error = excluded.betweenness_error,
                            last_position = excluded.last_position""");
        Columns.of(List.of(this))
                .text(GraphMetrics::network)
                .number(GraphMetrics::position)
                .update(database, """
                        delete from causal_rank r using unnest(?, ?) as c (network_id, position)
                        where r.network_id = c.network_id and r.last_position < c.position""");
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
