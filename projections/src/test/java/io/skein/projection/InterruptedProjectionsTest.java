package io.skein.projection;

import static io.skein.projection.LogFixture.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.skein.kernel.alert.AlertEvent;
import io.skein.kernel.alert.Detector;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.NetworkId;
import io.skein.projection.engine.Fold;
import io.skein.projection.engine.LoggedEvent;
import io.skein.projection.engine.Projection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InterruptedProjectionsTest {
    private final LogFixture log = new LogFixture();

    /** Fails after its rows are written and before they are committed. */
    private record Failing(Projection real, Set<Integer> failingWrites, AtomicInteger writes) implements Projection {
        @Override
        public String name() {
            return real.name();
        }

        @Override
        public List<String> tables() {
            return real.tables();
        }

        @Override
        public void forget() {
            real.forget();
        }

        @Override
        public Fold open(long after, Connection database) throws SQLException {
            Fold fold = real.open(after, database);
            return new Fold() {
                @Override
                public void on(LoggedEvent event) {
                    fold.on(event);
                }

                @Override
                public void skip(LoggedEvent event) {
                    fold.skip(event);
                }

                @Override
                public void write(Connection transaction) throws SQLException {
                    fold.write(transaction);
                    if (failingWrites.contains(writes.incrementAndGet())) {
                        throw new IllegalStateException("killed before the commit");
                    }
                }
            };
        }
    }

    @Test
    void a_kill_before_the_commit_changes_nothing() {
        List<Object> events = RandomEvents.of(new Random(11), 400);
        log.append(events);
        Map<String, List<String>> undisturbed;
        try (RunningProjections running = new RunningProjections(log, 50, 75)) {
            undisturbed = tables(running.caughtUp());
        }
        log.startAnew();
        log.append(events);
        List<AtomicInteger> writes = new ArrayList<>();
        try (RunningProjections running = new RunningProjections(log, 50, 75, projection -> {
            AtomicInteger count = new AtomicInteger();
            writes.add(count);
            return new Failing(projection, Set.of(1, 4), count);
        })) {
            tables(running.caughtUp())
                    .forEach((table, rows) -> assertThat(rows).as(table).isEqualTo(undisturbed.get(table)));
        }
        assertThat(writes).allSatisfy(count -> assertThat(count.get()).isGreaterThan(4));
        assertThat(log.rows("select * from projection_dead_letter")).isEmpty();
    }

    @Test
    void connections_that_break_are_trouble_and_never_a_fault_of_an_event() {
        log.append(RandomEvents.of(new Random(5), 300));
        try (RunningProjections running = new RunningProjections(log, 5, 50)) {
            for (int i = 0; i < 5; i++) {
                log.execute(
                        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'skein-projections' and state <> 'idle'");
            }
            running.caughtUp();
            assertThat(log.rows("select * from projection_dead_letter")).isEmpty();
            assertThat(log.rows("select count(*) from audit_entry")).containsExactly("300");
        }
    }

    @Test
    void a_row_that_the_database_refuses_is_found_among_its_neighbours_and_parked_alone() {
        log.append(List.of(raised("one", "fine"), raised("two", "a zero \u0000 inside"), raised("three", "fine")));
        try (RunningProjections running = new RunningProjections(log, 100, 100, "alerts")) {
            running.caughtUp("alerts");
            assertThat(log.rows("select alert_id from alert order by 1")).containsExactly("one", "three");
            assertThat(log.rows("select position, event_type, attempts from projection_dead_letter"))
                    .containsExactly("2|AlertRaised|2");
        }
    }

    private static AlertEvent raised(String id, String description) {
        return new AlertEvent.AlertRaised(
                new AlertId(id),
                NetworkId.DEFAULT,
                Pattern.CASCADE,
                Severity.INFO,
                Grade.FACT,
                List.of(),
                List.of(),
                description,
                new Detector("d", "1", new TreeMap<>()),
                "",
                START);
    }

    private Map<String, List<String>> tables(RunningProjections running) {
        Map<String, List<String>> tables = new TreeMap<>();
        for (String table : List.of(
                "agent",
                "causal_node",
                "causal_edge",
                "causal_count",
                "metrics_window",
                "audit_entry",
                "routing_reentry")) {
            tables.put(
                    table,
                    running.log.rows("select * from " + table).stream().sorted().toList());
        }
        tables.put(
                "proposed_command", log.rows("select proposal_id, payload, position from proposed_command order by 1"));
        return tables;
    }
}
