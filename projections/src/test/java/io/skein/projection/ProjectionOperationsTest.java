package io.skein.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.eventlog.KernelJson;
import io.skein.projection.engine.Fold;
import io.skein.projection.engine.LoggedEvent;
import io.skein.projection.engine.Projection;
import io.skein.projection.engine.ProjectionCatalogue;
import io.skein.projection.rebuild.ProjectionOperations;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What is ordered of a projection is done to it while the log grows, and leaves exactly the rows that it should. */
class ProjectionOperationsTest {
    private static final String NAME = "agents";
    private static final String PARAMETERS = "{\"detectors\": {\"agents\": {\"leaveOutEvery\": \"5\"}}}";

    private final LogFixture log = new LogFixture();
    private final List<Object> events = RandomEvents.of(new Random(21), 900);
    private int appended;

    @SuppressWarnings("NullAway.Init") // set before each test
    private RunningProjections running;

    @SuppressWarnings("NullAway.Init") // set before each test
    private ProjectionOperations operations;

    @BeforeEach
    void start() {
        running = new RunningProjections(log, 50, 100, NAME);
        Driver driver = new Driver(log);
        ProjectionCatalogue catalogue = parameters -> driver.all(100).stream()
                .map(projection -> projection.name().equals(NAME) && parameters.containsKey(NAME)
                        ? new LeavesOut(projection)
                        : projection)
                .toList();
        operations = new ProjectionOperations(
                catalogue,
                running.processors,
                driver.sandbox(running.dataSource),
                new Projections().projectionLogPages(running.dataSource),
                running.dataSource,
                List.of());
        operations.start();
    }

    @AfterEach
    void stop() {
        operations.close();
        running.close();
    }

    /** Another version of a projection: it passes over every fifth event. */
    private record LeavesOut(Projection projection) implements Projection {
        @Override
        public String name() {
            return projection.name();
        }

        @Override
        public List<String> tables() {
            return projection.tables();
        }

        @Override
        public void forget() {
            projection.forget();
        }

        @Override
        public Fold open(long after, Connection database) throws SQLException {
            Fold fold = projection.open(after, database);
            return new Fold() {
                @Override
                public void on(LoggedEvent event) {
                    if (event.position() % 5 == 0) {
                        fold.skip(event);
                    } else {
                        fold.on(event);
                    }
                }

                @Override
                public void write(Connection write) throws SQLException {
                    fold.write(write);
                }
            };
        }
    }

    @Test
    void a_paused_projection_stands_still_until_it_is_resumed_and_a_reset_goes_back_to_any_position() {
        append(300);
        running.caughtUp(NAME);
        assertThat(done(order("pause", null, "{}"))).isEqualTo("done");
        append(100);
        pause(700);
        assertThat(position()).isEqualTo(300);
        List<String> then = rows("public");
        assertThat(done(order("resume", null, "{}"))).isEqualTo("done");
        running.caughtUp(NAME);
        List<String> now = rows("public");
        assertThat(now).isNotEqualTo(then);
        assertThat(done(order("pause", null, "{}"))).isEqualTo("done");
        assertThat(done(order("reset", null, "{\"to\": 300}"))).isEqualTo("done");
        assertThat(position()).isEqualTo(300);
        assertThat(rows("public")).isEqualTo(then);
        assertThat(done(order("resume", null, "{}"))).isEqualTo("done");
        running.caughtUp(NAME);
        assertThat(rows("public")).isEqualTo(now);
        assertThat(done(order("rebuild", null, "{}"))).isEqualTo("done");
        running.caughtUp(NAME);
        assertThat(rows("public")).isEqualTo(now);
        assertThat(done(order("reset", null, "{\"to\": 100000}"))).startsWith("failed: to is 100000");
    }

    @Test
    void a_shadow_differs_in_exactly_the_rows_it_should_and_is_cut_over_and_rolled_back_under_traffic()
            throws InterruptedException {
        append(200);
        Thread traffic = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 30; i++) {
                append(10);
                pause(40);
            }
        });
        UUID shadow = order("shadow", null, PARAMETERS);
        await(shadow, "following");
        UUID diff = order("diff", shadow, "{}");
        assertThat(done(diff)).isEqualTo("done");
        JsonNode report = KernelJson.mapper()
                .readTree(log.rows("select result from projection_operation where operation_id = '" + diff + "'")
                        .getFirst());
        assertThat(differing(report))
                .isEqualTo(recounted(report.path("position").asLong()));
        assertThat(differing(report)).isNotEmpty();

        UUID over = order("cut_over", shadow, "{}");
        assertThat(done(over)).isEqualTo("done");
        traffic.join();
        running.caughtUp(NAME);
        assertThat(rows("public")).isEqualTo(alone(log.head(), true));
        assertThat(log.rows("select generation from projection_generation where name = '" + NAME + "'"))
                .containsExactly("1");

        append(100);
        assertThat(done(order("roll_back", shadow, "{}"))).isEqualTo("done");
        append(50);
        running.caughtUp(NAME);
        assertThat(rows("public")).isEqualTo(alone(log.head(), false));
        assertThat(done(order("discard", shadow, "{}"))).isEqualTo("done");
        assertThat(log.rows("select nspname from pg_namespace where nspname like 'shadow%'"))
                .isEmpty();
        assertThat(log.rows("select * from proposed_command")).isEmpty();
    }

    /** What the report says of each differing row: its kind by its key. */
    private static Map<String, String> differing(JsonNode report) {
        Map<String, String> kinds = new TreeMap<>();
        report.path("rows")
                .forEach(row -> kinds.put(
                        KernelJson.mapper()
                                .readTree(row.path("key").asString())
                                .path("agent_id")
                                .asString(),
                        row.path("kind").asString()));
        return kinds;
    }

    private Map<String, String> recounted(long position) {
        Map<String, String> live = byAgent(alone(position, false));
        Map<String, String> other = byAgent(alone(position, true));
        Map<String, String> kinds = new TreeMap<>();
        live.forEach((agent, row) -> {
            if (!other.containsKey(agent)) {
                kinds.put(agent, "only_live");
            } else if (!row.equals(other.get(agent))) {
                kinds.put(agent, "differs");
            }
        });
        other.keySet().stream()
                .filter(agent -> !live.containsKey(agent))
                .forEach(agent -> kinds.put(agent, "only_shadow"));
        return kinds;
    }

    private static Map<String, String> byAgent(List<String> rows) {
        Map<String, String> byAgent = new TreeMap<>();
        rows.forEach(row -> byAgent.put(row.split("\\|")[1], row));
        return byAgent;
    }

    /** The rows that the projection gives where nothing else ever happened, on a log of its own. */
    private List<String> alone(long position, boolean leavingOut) {
        LogFixture other = new LogFixture();
        other.append(events.subList(0, Math.toIntExact(position)));
        Driver driver = new Driver(other);
        Projection projection = driver.fresh(NAME);
        driver.run(leavingOut ? new LeavesOut(projection) : projection, 0, position, 100, new Random(1));
        return other.rows("select * from agent").stream().sorted().toList();
    }

    private synchronized void append(int count) {
        log.append(new ArrayList<>(events.subList(appended, appended + count)));
        appended += count;
    }

    private UUID order(String act, @Nullable UUID subject, String parameters) {
        UUID id = UUID.randomUUID();
        log.execute(
                "insert into projection_order (order_id, act, projection, subject, parameters, ordered_by, reason) values ('"
                        + id + "', '" + act + "', '" + NAME + "', " + (subject == null ? "null" : "'" + subject + "'")
                        + ", '"
                        + parameters + "', 'ada', 'to see'); select pg_notify('skein_projection_order', '')");
        return id;
    }

    private String done(UUID operation) {
        String state = "select state || coalesce(': ' || detail, '') from projection_operation where operation_id = '"
                + operation + "'";
        RunningProjections.await(
                "end of " + operation,
                () -> log.rows(state).stream().anyMatch(now -> now.startsWith("done") || now.startsWith("failed")));
        return log.rows(state).getFirst();
    }

    private void await(UUID operation, String state) {
        RunningProjections.await(
                operation + " " + state,
                () -> log.rows("select state from projection_operation where operation_id = '" + operation + "'")
                        .equals(List.of(state)));
    }

    private long position() {
        return Long.parseLong(
                log.rows("select coalesce(max(position), 0) from projection_progress where name = '" + NAME + "'")
                        .getFirst());
    }

    private List<String> rows(String schema) {
        return log.rows("select * from " + schema + ".agent").stream().sorted().toList();
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
