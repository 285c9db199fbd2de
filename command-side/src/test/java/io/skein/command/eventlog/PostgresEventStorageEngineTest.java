package io.skein.command.eventlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.skein.db.Schema;
import io.skein.embedded.TestDatabase;
import io.skein.eventlog.EventSerializer;
import io.skein.eventlog.LogReader;
import io.skein.eventlog.LogTail;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.axonframework.common.stream.BlockingStream;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventhandling.GenericEventMessage;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.messaging.GenericMessage;
import org.axonframework.messaging.MetaData;
import org.axonframework.modelling.command.ConcurrencyException;
import org.axonframework.serialization.upcasting.event.NoOpEventUpcaster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresEventStorageEngineTest {
    private TestDatabase database;
    private final List<AutoCloseable> open = new ArrayList<>();
    private PostgresEventStorageEngine engine;

    @BeforeEach
    void a_node_on_an_empty_log() {
        database = TestDatabase.fresh(Schema::migrate);
        engine = node();
    }

    @AfterEach
    void close() throws Exception {
        Collections.reverse(open);
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    @Test
    void positions_follow_one_another_from_one_and_events_come_back_whole() {
        EventMessage<?> first = event("a", 0);
        engine.appendEvents(List.of(first, event("a", 1)));
        engine.appendEvents(event("b", 0));
        engine.appendEvents(new GenericEventMessage<>("of no aggregate"));

        List<? extends TrackedEventMessage<?>> read =
                engine.readEvents(null, false).toList();

        assertThat(read)
                .extracting(event -> LogReader.positionOf(event.trackingToken()))
                .containsExactly(1L, 2L, 3L, 4L);
        DomainEventMessage<?> back = (DomainEventMessage<?>) read.getFirst();
        assertThat(back.getIdentifier()).isEqualTo(first.getIdentifier());
        assertThat(back.getPayload()).isEqualTo("a-0");
        assertThat(back.getMetaData()).isEqualTo(MetaData.with("k", "v"));
        assertThat(back.getType()).isEqualTo("Thing");
        assertThat(back.getAggregateIdentifier()).isEqualTo("a");
        assertThat(back.getTimestamp().toEpochMilli())
                .isEqualTo(first.getTimestamp().toEpochMilli());
        assertThat(engine.readEvents(new GlobalSequenceTrackingToken(3), false)).hasSize(1);
    }

    @Test
    void an_aggregate_is_read_from_any_sequence_on() {
        engine.appendEvents(IntStream.range(0, 20).mapToObj(i -> event("a", i)).toList());

        assertThat(engine.readEvents("a", 15).asStream())
                .extracting(DomainEventMessage::getSequenceNumber)
                .containsExactly(15L, 16L, 17L, 18L, 19L);
        assertThat(engine.lastSequenceNumberFor("a")).contains(19L);
        assertThat(engine.lastSequenceNumberFor("nobody")).isEmpty();
        assertThat(engine.readEvents("nobody", 0).hasNext()).isFalse();
    }

    @Test
    void the_second_of_two_at_the_same_place_is_refused_and_only_it() {
        engine.appendEvents(event("a", 0));

        assertThatThrownBy(() -> engine.appendEvents(List.of(event("b", 0), event("a", 0))))
                .isInstanceOf(ConcurrencyException.class);

        engine.appendEvents(event("b", 0));
        assertThat(engine.readEvents(null, false)).hasSize(2);
    }

    @Test
    void an_id_that_the_log_has_is_refused_with_the_first_ones_position() {
        EventMessage<?> first = event("a", 0);
        engine.appendEvents(first);
        DomainEventMessage<String> again = new GenericDomainEventMessage<>(
                "Thing",
                "a",
                1,
                new GenericMessage<>(first.getIdentifier(), "again", MetaData.emptyInstance()),
                Instant.now());

        assertThatThrownBy(() -> engine.appendEvents(again))
                .isInstanceOfSatisfying(DuplicateEventException.class, duplicate -> {
                    assertThat(duplicate.position()).isEqualTo(1);
                    assertThat(duplicate.eventId()).isEqualTo(UUID.fromString(first.getIdentifier()));
                });
    }

    @Test
    void three_nodes_that_append_at_once_leave_no_gap_and_each_command_learns_its_own_fate() throws Exception {
        List<PostgresEventStorageEngine> nodes = List.of(engine, node(), node());
        int writers = 24;
        int perWriter = 40;
        List<Future<Integer>> refused = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int w = 0; w < writers; w++) {
                // Two writers fight for each aggregate.
                String aggregate = "agg-" + w / 2;
                PostgresEventStorageEngine node = nodes.get(w % nodes.size());
                refused.add(threads.submit(() -> {
                    int conflicts = 0;
                    for (int i = 0; i < perWriter; i++) {
                        try {
                            node.appendEvents(event(aggregate, i));
                        } catch (ConcurrencyException lost) {
                            conflicts++;
                        }
                    }
                    return conflicts;
                }));
            }
        }
        int conflicts = 0;
        for (Future<Integer> future : refused) {
            conflicts += future.get();
        }
        int expected = writers / 2 * perWriter;

        assertThat(conflicts).isEqualTo(expected);
        List<Long> positions = engine.readEvents(null, false)
                .map(event -> LogReader.positionOf(event.trackingToken()))
                .toList();
        assertThat(positions)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, expected).boxed().toList());
    }

    @Test
    void a_reader_at_the_tail_is_woken_and_sees_every_event_once_in_order() throws Exception {
        List<Long> seen = new ArrayList<>();
        PostgresEventStorageEngine other = node();
        try (BlockingStream<TrackedEventMessage<?>> stream =
                        PostgresEventStore.on(other).openStream(null);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int w = 0; w < 8; w++) {
                String aggregate = "w" + w;
                threads.submit(() -> IntStream.range(0, 50).forEach(i -> engine.appendEvents(event(aggregate, i))));
            }
            while (seen.size() < 400 && stream.hasNextAvailable(10, TimeUnit.SECONDS)) {
                seen.add(LogReader.positionOf(stream.nextAvailable().trackingToken()));
            }
        }
        assertThat(seen)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 400).boxed().toList());
    }

    @Test
    void when_the_connection_is_cut_the_append_fails_and_the_next_one_goes_through() throws Exception {
        engine.appendEvents(event("a", 0));
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        }
        long written = 0;
        for (int i = 0; i < 20 && written == 0; i++) {
            try {
                engine.appendEvents(event("a", 1));
                written = 1;
            } catch (RuntimeException away) {
                assertThat(away).hasMessageContaining("log");
            }
        }
        assertThat(engine.readEvents("a", 0).asStream()).hasSize(2);
    }

    @Test
    void the_newest_snapshot_is_kept() {
        engine.storeSnapshot(new GenericDomainEventMessage<>("Thing", "a", 10, "state at 10"));
        engine.storeSnapshot(new GenericDomainEventMessage<>("Thing", "a", 5, "state at 5"));

        assertThat(engine.readSnapshot("a")).hasValueSatisfying(snapshot -> {
            assertThat(snapshot.getSequenceNumber()).isEqualTo(10);
            assertThat(snapshot.getPayload()).isEqualTo("state at 10");
        });
        assertThat(engine.readSnapshot("b")).isEmpty();
    }

    @Test
    void tokens_stand_at_tail_head_and_instant() {
        engine.appendEvents(at("a", 0, Instant.parse("2026-01-01T00:00:00Z")));
        engine.appendEvents(at("a", 1, Instant.parse("2026-01-02T00:00:00Z")));

        assertThat(engine.readEvents(engine.createTailToken(), false)).hasSize(2);
        assertThat(engine.readEvents(engine.createHeadToken(), false)).isEmpty();
        assertThat(engine.readEvents(engine.createTokenAt(Instant.parse("2026-01-01T12:00:00Z")), false))
                .hasSize(1);
        assertThat(engine.readEvents(engine.createTokenAt(Instant.parse("2026-01-03T00:00:00Z")), false))
                .isEmpty();
    }

    private PostgresEventStorageEngine node() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setUsername("postgres");
        config.setMaximumPoolSize(6);
        HikariDataSource dataSource = new HikariDataSource(config);
        LogTail tail = new LogTail(dataSource);
        PostgresEventStorageEngine node = new PostgresEventStorageEngine(
                dataSource, EventSerializer.create(), NoOpEventUpcaster.INSTANCE, tail, GroupCommitSettings.defaults());
        open.add(dataSource);
        open.add(tail);
        open.add(node);
        return node;
    }

    private static DomainEventMessage<String> event(String aggregate, long sequence) {
        return new GenericDomainEventMessage<>(
                "Thing", aggregate, sequence, aggregate + "-" + sequence, Map.of("k", "v"));
    }

    private static DomainEventMessage<String> at(String aggregate, long sequence, Instant time) {
        return new GenericDomainEventMessage<>("Thing", aggregate, sequence, new GenericMessage<>("payload"), time);
    }
}
