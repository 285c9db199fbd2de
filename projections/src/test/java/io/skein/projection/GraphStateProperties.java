package io.skein.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.projection.causalgraph.GraphLimits;
import io.skein.projection.causalgraph.GraphTopologyManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;

/** The graph in memory and in its tables is the same after a live run, after a replay, and after any crashes, whatever the batches. */
class GraphStateProperties {
    private static final List<String> TABLES =
            List.of("causal_node", "causal_edge", "causal_count", "graph_metrics", "causal_rank");

    private static @Nullable LogFixture log;

    private static synchronized LogFixture log() {
        LogFixture known = log;
        if (known == null) {
            known = new LogFixture();
            log = known;
        }
        return known;
    }

    @AfterContainer
    static void forget() {
        log = null;
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void live_replayed_and_recovered_are_one_state(
            @ForAll Random random, @ForAll @IntRange(min = 1, max = 90) int length, @ForAll boolean crowded)
            throws SQLException {
        LogFixture log = log();
        List<Object> events = RandomEvents.of(random, length, crowded ? 25 : 6);
        // Where it is crowded, the graph is folded again and again.
        GraphLimits limits = crowded ? new GraphLimits(10, 12, 3) : new GraphLimits(100, 1_000, 5);
        log.startAnew();
        log.append(events);
        Driver driver = new Driver(log);
        GraphTopologyManager live = driver.graph(limits, 1_000);
        driver.run(live, 0, length, 7, random);
        State expected = state(live, length);

        log.startAnew();
        log.append(events);
        GraphTopologyManager replayed = driver.graph(limits, 1 + random.nextInt(20));
        driver.run(replayed, 0, length, 30, random);
        assertThat(state(replayed, length)).isEqualTo(expected);

        log.startAnew();
        log.append(events);
        for (int from = 0; from < length; ) {
            int to = Math.min(length, from + 1 + random.nextInt(12));
            driver.run(driver.graph(limits, 1 + random.nextInt(9)), from, to, 4, random);
            from = to;
        }
        assertThat(state(driver.graph(limits, 1), length)).isEqualTo(expected);
    }

    private record State(String memory, List<String> rows) {}

    private static State state(GraphTopologyManager graph, int position) throws SQLException {
        List<String> rows = new ArrayList<>();
        for (String table : TABLES) {
            // A folded row only tells whoever has seen it that it is gone: what came and went in one batch never had
            // one.
            String present = table.equals("causal_node") || table.equals("causal_edge") ? " where not folded" : "";
            log().rows("select * from " + table + present).stream()
                    .sorted()
                    .forEach(row -> rows.add(table + " " + row));
        }
        try (Connection database = log().dataSource().getConnection()) {
            return new State(java.util.HexFormat.of().formatHex(graph.stateDigest(position, database)), rows);
        }
    }
}
