package io.skein.projection.causalgraph;

import io.skein.projection.engine.Columns;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** How large each network's graph is: nodes, edges, and messages recorded or blocked. */
final class GraphMetrics {
    private static final class Count {
        final String network;
        long nodes;
        long edges;
        long messages;
        long lastPosition;

        Count(String network) {
            this.network = network;
        }
    }

    private final Map<String, Count> counts = new TreeMap<>();

    void message(String network, long position) {
        Count count = touch(network, position);
        count.messages++;
    }

    void nodesAdded(String network, long nodes) {
        of(network).nodes += nodes;
    }

    void edgesAdded(String network, long edges) {
        of(network).edges += edges;
    }

    Count touch(String network, long position) {
        Count count = of(network);
        count.lastPosition = position;
        return count;
    }

    private Count of(String network) {
        return counts.computeIfAbsent(network, Count::new);
    }

    void write(Connection database) throws SQLException {
        Collection<Count> rows = counts.values();
        Columns.of(rows)
                .text(row -> row.network)
                .number(row -> row.nodes)
                .number(row -> row.edges)
                .number(row -> row.messages)
                .number(row -> row.lastPosition)
                .update(database, """
                        insert into causal_count as c (network_id, nodes, edges, messages, last_position)
                        select * from unnest(?, ?, ?, ?, ?)
                        on conflict (network_id) do update set
                            nodes = c.nodes + excluded.nodes, edges = c.edges + excluded.edges,
                            messages = c.messages + excluded.messages, last_position = excluded.last_position""");
    }
}
