package io.skein.query.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.query.Projected;
import io.skein.query.RunningQuerySide;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import tools.jackson.databind.JsonNode;

/** Whatever is written while clients come and go, snapshot and deltas make of each client what the tables hold, without a gap. */
class LiveStreamProperties {
    private static final RunningQuerySide SIDE = RunningQuerySide.shared();
    private static final AtomicInteger TRY = new AtomicInteger();
    private static final Map<String, String> PROJECTIONS =
            Map.of("graph", "causal-graph", "agents", "agents", "alerts", "alerts", "metrics", "metrics");

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void any_client_ends_with_what_the_tables_hold_however_writes_and_connections_interleave(@ForAll long seed)
            throws InterruptedException {
        Random random = new Random(seed);
        String network = "net.%d/ü*".formatted(TRY.incrementAndGet());
        List<Thread> writers = new ArrayList<>();
        for (String stream : PROJECTIONS.keySet()) {
            Random own = new Random(random.nextLong());
            int batches = 5 + own.nextInt(15);
            writers.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < batches; i++) {
                    write(network, stream, own);
                    pause(own.nextInt(12));
                }
            }));
        }
        List<LiveClient> clients = new ArrayList<>();
        for (String stream : PROJECTIONS.keySet()) {
            pause(random.nextInt(30));
            clients.add(new LiveClient(SIDE, network, stream).connect());
        }
        List<String> streams = List.copyOf(PROJECTIONS.keySet());
        LiveClient resuming = clients.get(random.nextInt(clients.size()));
        resuming.disconnect();
        clients.add(new LiveClient(SIDE, network, streams.get(random.nextInt(4))).connect());
        pause(random.nextInt(40));
        resuming.connect();
        for (Thread writer : writers) {
            writer.join();
        }
        Map<String, Long> ends = new LinkedHashMap<>();
        for (String stream : streams) {
            ends.put(stream, write(network, stream, random));
        }

        try {
            for (LiveClient client : clients) {
                client.awaitPosition(ends.getOrDefault(client.stream(), 0L));
                assertThat(client.complaints()).as(client.stream()).isEmpty();
                assertThat(lastPositions(client.rows())).as(client.stream()).isEqualTo(table(client.stream(), network));
                assertThat(client.gaps()).as(client.stream()).isZero();
            }
            // A dashboard that opens now shows the same rows, in every field.
            for (LiveClient client : clients) {
                try (LiveClient fresh = new LiveClient(SIDE, network, client.stream()).connect()) {
                    fresh.awaitPosition(ends.getOrDefault(client.stream(), 0L));
                    assertThat(client.rows()).as(client.stream()).isEqualTo(fresh.rows());
                    assertThat(client.counted()).isEqualTo(fresh.counted());
                }
            }
        } finally {
            clients.forEach(LiveClient::close);
        }
    }

    /** One batch: a few events of the network, and of another one. */
    private static long write(String network, String stream, Random random) {
        Projected projected = SIDE.projected();
        return projected.batch(PROJECTIONS.getOrDefault(stream, ""), before -> {
            int events = 1 + random.nextInt(4);
            for (int i = 1; i <= events; i++) {
                long position = before + i;
                String where = i == events || random.nextBoolean() ? network : "elsewhere";
                String one = "agent-" + random.nextInt(6);
                String other = "agent-" + random.nextInt(6);
                switch (stream) {
                    case "graph" ->
                        projected.message(where, one, other, random.nextBoolean() ? "request" : "response", position);
                    case "agents" ->
                        projected.agent(where, one, 1 + random.nextInt(50), 1 + random.nextInt(5), position);
                    case "alerts" ->
                        projected.alert(
                                where,
                                where + one,
                                "cascade",
                                "critical",
                                random.nextBoolean() ? "acknowledged" : "raised",
                                position);
                    default ->
                        projected.window(
                                where,
                                random.nextBoolean() ? 1 : 10,
                                Projected.START.plusSeconds(random.nextInt(12) * 10L),
                                position);
                }
            }
            return before + events;
        });
    }

    private static Map<String, Long> lastPositions(Map<String, JsonNode> rows) {
        Map<String, Long> positions = new TreeMap<>();
        rows.forEach((key, row) -> positions.put(key, row.get("lastPosition").asLong()));
        return positions;
    }

    private static Map<String, Long> table(String stream, String network) {
        String sql = switch (stream) {
            case "graph" -> """
                            select agent_id as key, last_position from causal_node where network_id = :network
                            union all
                            select source || '|' || target || '|' || relationship, last_position from causal_edge
                            where network_id = :network""";
            case "agents" -> "select agent_id as key, last_position from agent where network_id = :network";
            case "alerts" -> "select alert_id as key, last_position from alert where network_id = :network";
            default -> """
                            select window_seconds || '|' || to_char(starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as key,
                                last_position
                            from metrics_window where network_id = :network""";
        };
        Map<String, Long> positions = new TreeMap<>();
        SIDE.projected().jdbc().sql(sql).param("network", network).query(row -> {
            positions.put(row.getString("key"), row.getLong("last_position"));
        });
        return positions;
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
