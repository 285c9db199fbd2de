package io.skein.command.eventlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.embedded.FaultyProxy;
import io.skein.embedded.TestDatabase;
import io.skein.eventlog.LogReader;
import io.skein.eventlog.LogTail;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.axonframework.common.stream.BlockingStream;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventhandling.GapAwareTrackingToken;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventhandling.GenericEventMessage;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.MultiSourceTrackingToken;
import org.axonframework.eventhandling.ReplayToken;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.axonframework.messaging.GenericMessage;
import org.axonframework.messaging.MetaData;
import org.axonframework.messaging.unitofwork.DefaultUnitOfWork;
import org.axonframework.messaging.unitofwork.UnitOfWork;
import org.axonframework.modelling.command.ConcurrencyException;
import org.axonframework.serialization.SimpleSerializedType;
import org.axonframework.serialization.UnknownSerializedType;
import org.axonframework.serialization.upcasting.event.EventUpcaster;
import org.axonframework.serialization.upcasting.event.IntermediateEventRepresentation;
import org.axonframework.serialization.upcasting.event.NoOpEventUpcaster;
import org.axonframework.serialization.upcasting.event.SingleEventUpcaster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/** What the framework's suite leaves open of the contract of an event storage engine and an event store. */
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit calls an_empty_log before each test
class EngineContractTest {
    private EmptyLog log;
    private EmptyLog.Node node;
    private PostgresEventStorageEngine engine;

    @BeforeEach
    void an_empty_log() {
        log = new EmptyLog();
        node = log.node();
        engine = node.engine();
    }

    @AfterEach
    void close() throws Exception {
        log.close();
    }

    // ---- appending

    @Test
    void appending_nothing_changes_nothing() {
        engine.appendEvents(List.of());
        engine.appendEvents();

        assertThat(engine.readEvents(null, false)).isEmpty();
        assertThat(position(engine.createHeadToken())).isZero();
    }

    @Test
    void a_large_batch_is_one_append_and_comes_back_whole_and_in_order() {
        int count = 12_000;
        engine.appendEvents(
                IntStream.range(0, count).mapToObj(i -> event("a", i)).toList());

        assertThat(positions(engine.readEvents(null, false)))
                .isEqualTo(LongStream.rangeClosed(1, count).boxed().toList());
        assertThat(engine.readEvents("a", 0).asStream().map(DomainEventMessage::getSequenceNumber))
                .isEqualTo(LongStream.range(0, count).boxed().toList());
    }

    @Test
    void an_append_with_the_same_id_twice_is_refused_and_its_neighbours_are_written() throws Exception {
        DomainEventMessage<String> once = event("twice", 0);
        EventMessage<?> again = withId(once.getIdentifier(), "twice", 1);

        List<Throwable> failures = atOnce(List.of(event("left", 0)), List.of(once, again), List.of(event("right", 0)));

        assertThat(failures.get(0)).isNull();
        assertThat(failures.get(1)).isInstanceOf(ConcurrencyException.class);
        assertThat(failures.get(2)).isNull();
        assertThat(engine.lastSequenceNumberFor("twice")).isEmpty();
    }

    @Test
    void an_append_with_the_same_place_twice_is_refused_and_its_neighbours_are_written() throws Exception {
        List<Throwable> failures = atOnce(
                List.of(event("left", 0)), List.of(event("twice", 0), event("twice", 0)), List.of(event("right", 0)));

        assertThat(failures.get(0)).isNull();
        assertThat(failures.get(1)).isInstanceOf(ConcurrencyException.class);
        assertThat(failures.get(2)).isNull();
    }

    @Test
    void what_the_database_cannot_hold_is_refused_to_its_command_alone() throws Exception {
        List<Throwable> failures = atOnce(
                List.of(event("left", 0)),
                List.of(event("a\0b", 0)),
                List.of(new GenericDomainEventMessage<>("Thing", "negative", -1, "payload")),
                List.of(event("right", 0)));

        assertThat(failures.get(0)).isNull();
        assertThat(failures.get(1)).isInstanceOf(EventStoreException.class);
        assertThat(failures.get(2)).isInstanceOf(EventStoreException.class);
        assertThat(failures.get(3)).isNull();
        assertThat(positions(engine.readEvents(null, false))).containsExactly(1L, 2L, 3L);
    }

    @Test
    void a_time_that_no_calendar_has_is_refused_before_anything_is_written() {
        assertThatThrownBy(() -> engine.appendEvents(at("a", 0, Instant.MAX)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected one from the year 1 to 9999");
        engine.appendEvents(event("a", 0));
        assertThat(engine.readEvents(null, false)).hasSize(1);
    }

    @Test
    void an_append_after_close_fails_at_once() {
        engine.close();
        long start = System.nanoTime();

        assertThatThrownBy(() -> engine.appendEvents(event("a", 0))).hasMessageContaining("being closed");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(engine.readEvents(null, false)).isEmpty();
    }

    @Test
    void events_of_a_unit_of_work_are_in_the_log_only_once_it_commits() {
        PostgresEventStore store = PostgresEventStore.on(engine);
        UnitOfWork<?> rolledBack = DefaultUnitOfWork.startAndGet(new GenericMessage<>("command"));
        store.publish(event("a", 0));
        assertThat(store.readEvents("a").asStream()).hasSize(1);
        assertThat(engine.readEvents(null, false)).isEmpty();
        rolledBack.rollback();
        assertThat(store.readEvents("a").asStream()).isEmpty();

        UnitOfWork<?> committed = DefaultUnitOfWork.startAndGet(new GenericMessage<>("command"));
        store.publish(event("a", 0), event("a", 1));
        committed.commit();
        assertThat(engine.readEvents(null, false)).hasSize(2);
        assertThat(store.lastSequenceNumberFor("a")).contains(1L);
    }

    // ---- what comes back

    @Test
    void an_identifier_that_is_no_uuid_comes_back_as_it_was_and_is_unique() {
        DomainEventMessage<?> event = withId("order-17/paid", "a", 0);
        engine.appendEvents(event);
        engine.appendEvents(
                new GenericEventMessage<>("no uuid either", "of no aggregate", MetaData.with("k", "v"), Instant.now()));

        List<? extends TrackedEventMessage<?>> read =
                engine.readEvents(null, false).toList();
        assertThat(read.get(0).getIdentifier()).isEqualTo("order-17/paid");
        assertThat(read.get(0).getMetaData()).isEqualTo(MetaData.with("k", "v"));
        assertThat(engine.readEvents("a", 0).next().getIdentifier()).isEqualTo("order-17/paid");
        assertThat(read.get(1).getIdentifier()).isEqualTo("no uuid either");
        assertThat(read.get(1).getMetaData()).isEqualTo(MetaData.with("k", "v"));
        assertThat(read.get(1)).isNotInstanceOf(DomainEventMessage.class);
        assertThatThrownBy(() -> engine.appendEvents(withId("order-17/paid", "b", 0)))
                .isInstanceOf(DuplicateEventException.class);
    }

    @Test
    void an_event_of_a_type_that_is_not_known_any_more_stands_in_the_stream_as_unknown() {
        engine.appendEvents(event("a", 0), event("a", 1));
        log.execute("insert into log_name (name) values ('io.example.Gone') on conflict do nothing");
        log.execute("set session_replication_role = replica; update event_log set payload_type ="
                + " (select id from log_name where name = 'io.example.Gone') where position = 1");
        PostgresEventStorageEngine other = log.node().engine();

        List<? extends TrackedEventMessage<?>> read =
                other.readEvents(null, false).toList();
        assertThat(read).hasSize(2);
        assertThat(read.get(0).getPayloadType()).isEqualTo(UnknownSerializedType.class);
        assertThat(read.get(1).getPayload()).isEqualTo("a-1");
        assertThat(other.readEvents("a", 0).asStream()).hasSize(2);
    }

    @Test
    void events_are_upcast_wherever_they_are_read() throws Exception {
        engine.appendEvents(event("a", 0), event("a", 1));
        engine.storeSnapshot(event("a", 1));
        EmptyLog.Node upcasting = log.node(new Shouting());

        assertThat(upcasting.engine().readEvents(null, false).map(EventMessage::getPayload))
                .isEqualTo(List.of("A-0", "A-1"));
        assertThat(upcasting.engine().readEvents("a", 1).next().getPayload()).isEqualTo("A-1");
        assertThat(upcasting.engine().readSnapshot("a").orElseThrow().getPayload())
                .isEqualTo("A-1");
        try (BlockingStream<TrackedEventMessage<?>> stream =
                PostgresEventStore.on(upcasting.engine()).openStream(null)) {
            assertThat(stream.nextAvailable().getPayload()).isEqualTo("A-0");
        }
    }

    @Test
    void a_reader_whose_upcaster_drops_events_reads_on_behind_them() throws Exception {
        engine.appendEvents(
                IntStream.range(0, 6_000).mapToObj(i -> event("dropped", i)).toList());
        engine.appendEvents(event("kept", 0));
        EventUpcaster dropping = events -> events.filter(
                event -> !event.getAggregateIdentifier().orElse("").equals("dropped"));
        EmptyLog.Node other = log.node(dropping);

        assertThat(positions(other.engine().readEvents(null, false))).containsExactly(6_001L);
        try (BlockingStream<TrackedEventMessage<?>> stream =
                PostgresEventStore.on(other.engine()).openStream(null)) {
            assertThat(stream.hasNextAvailable()).isTrue();
            assertThat(position(stream.nextAvailable().trackingToken())).isEqualTo(6_001);
        }
    }

    @Test
    void a_snapshot_that_cannot_be_read_any_more_is_left_and_the_events_are_taken() {
        engine.appendEvents(event("a", 0), event("a", 1));
        engine.storeSnapshot(event("a", 1));
        PostgresEventStore store = PostgresEventStore.on(engine);
        assertThat(store.readEvents("a").asStream()).hasSize(1);

        log.execute("insert into log_name (name) values ('io.example.Gone') on conflict do nothing");
        log.execute(
                "update aggregate_snapshot set payload_type = (select id from log_name where name = 'io.example.Gone')");
        assertThat(engine.readSnapshot("a")).isEmpty();
        assertThat(store.readEvents("a").asStream()).hasSize(2);

        engine.storeSnapshot(event("a", 1));
        log.execute("update aggregate_snapshot set payload = '{'");
        assertThat(engine.readSnapshot("a")).isEmpty();
        assertThat(store.readEvents("a").asStream()).hasSize(2);
    }

    // ---- tokens

    @Test
    void tokens_on_an_empty_log_stand_before_its_first_event() {
        List<TrackingToken> tokens = List.of(
                engine.createTailToken(),
                engine.createHeadToken(),
                engine.createTokenAt(Instant.EPOCH),
                engine.createTokenAt(Instant.MIN),
                engine.createTokenAt(Instant.MAX));
        engine.appendEvents(event("a", 0));

        assertThat(tokens)
                .allSatisfy(token -> assertThat(engine.readEvents(token, false)).hasSize(1));
    }

    @Test
    void a_token_at_an_instant_includes_the_event_of_that_instant_however_fine_it_is() {
        Instant fine = Instant.parse("2026-11-23T10:15:30.123456789Z");
        engine.appendEvents(at("a", 0, fine.minusSeconds(1)), at("a", 1, fine));

        assertThat(positions(engine.readEvents(engine.createTokenAt(fine), false)))
                .containsExactly(2L);
        assertThat(positions(engine.readEvents(engine.createTokenAt(Instant.MIN), false)))
                .containsExactly(1L, 2L);
        assertThat(engine.readEvents(engine.createTokenAt(Instant.MAX), false)).isEmpty();
    }

    @Test
    void a_token_of_another_kind_is_refused_and_says_what_was_expected() {
        PostgresEventStore store = PostgresEventStore.on(engine);
        List<TrackingToken> foreign = List.of(
                new GapAwareTrackingToken(3, List.of(1L)),
                new MultiSourceTrackingToken(Map.of("a", new GlobalSequenceTrackingToken(1))));

        for (TrackingToken token : foreign) {
            assertThatThrownBy(() -> engine.readEvents(token, false))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(token.getClass().getSimpleName())
                    .hasMessageContaining("GlobalSequenceTrackingToken");
            assertThatThrownBy(() -> store.openStream(token)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_token_that_wraps_ours_is_read_from_where_it_stands() {
        engine.appendEvents(event("a", 0), event("a", 1), event("a", 2));
        TrackingToken replay =
                ReplayToken.createReplayToken(new GlobalSequenceTrackingToken(3), new GlobalSequenceTrackingToken(1));

        assertThat(positions(engine.readEvents(replay, false))).containsExactly(2L, 3L);
        assertThat(engine.readEvents(new GlobalSequenceTrackingToken(-1), false))
                .hasSize(3);
        assertThat(engine.readEvents(new GlobalSequenceTrackingToken(99), false))
                .isEmpty();
    }

    // ---- streams

    @Test
    void the_first_look_of_a_stream_sees_what_the_log_has() throws Exception {
        engine.appendEvents(event("a", 0), event("a", 1));
        EmptyLog.Node fresh = log.node();
        try (BlockingStream<TrackedEventMessage<?>> stream =
                PostgresEventStore.on(fresh.engine()).openStream(null)) {
            assertThat(stream.peek()).isPresent();
            assertThat(stream.peek()).isEqualTo(stream.peek());
            assertThat(stream.hasNextAvailable()).isTrue();
            assertThat(position(stream.nextAvailable().trackingToken())).isEqualTo(1);
            assertThat(position(stream.peek().orElseThrow().trackingToken())).isEqualTo(2);
            assertThat(position(stream.nextAvailable().trackingToken())).isEqualTo(2);
            assertThat(stream.peek()).isEmpty();
        }
    }

    @Test
    void waiting_for_the_next_event_ends_with_the_time_that_was_given() throws Exception {
        try (BlockingStream<TrackedEventMessage<?>> stream =
                PostgresEventStore.on(engine).openStream(null)) {
            assertThat(stream.hasNextAvailable()).isFalse();
            assertThat(stream.hasNextAvailable(0, TimeUnit.SECONDS)).isFalse();
            assertThat(stream.hasNextAvailable(-1, TimeUnit.SECONDS)).isFalse();
            long start = System.nanoTime();
            assertThat(stream.hasNextAvailable(300, TimeUnit.MILLISECONDS)).isFalse();
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(300), Duration.ofSeconds(5));

            CompletableFuture<Boolean> waiting =
                    inBackground(() -> stream.hasNextAvailable(Integer.MAX_VALUE, TimeUnit.DAYS));
            engine.appendEvents(event("a", 0));
            assertThat(waiting.get(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void closing_a_stream_ends_the_wait_of_its_reader() throws Exception {
        BlockingStream<TrackedEventMessage<?>> stream =
                PostgresEventStore.on(engine).openStream(engine.createHeadToken());
        CompletableFuture<Boolean> asking = inBackground(() -> stream.hasNextAvailable(1, TimeUnit.HOURS));
        Thread.sleep(100);
        stream.close();
        stream.close();

        assertThat(asking.get(500, TimeUnit.MILLISECONDS)).isFalse();
        engine.appendEvents(event("a", 0));
        assertThat(stream.hasNextAvailable()).isFalse();
        assertThat(stream.peek()).isEmpty();
        assertThatThrownBy(stream::nextAvailable).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void an_interrupted_reader_is_told_so() throws Exception {
        try (BlockingStream<TrackedEventMessage<?>> stream =
                PostgresEventStore.on(engine).openStream(null)) {
            for (int kind = 0; kind < 2; kind++) {
                boolean asking = kind == 0;
                CompletableFuture<Throwable> end = new CompletableFuture<>();
                Thread reader = Thread.ofPlatform().start(() -> {
                    try {
                        if (asking) {
                            stream.hasNextAvailable(1, TimeUnit.HOURS);
                        } else {
                            stream.nextAvailable();
                        }
                        end.complete(new AssertionError("came back"));
                    } catch (InterruptedException | RuntimeException thrown) {
                        end.complete(thrown);
                    }
                });
                Thread.sleep(100);
                reader.interrupt();
                assertThat(end.get(5, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
            }
        }
    }

    @Test
    void a_blocking_read_waits_for_more_until_it_is_closed_or_interrupted() throws Exception {
        engine.appendEvents(event("a", 0));
        List<Long> seen = new ArrayList<>();
        CountDownLatch two = new CountDownLatch(2);
        Stream<? extends TrackedEventMessage<?>> blocking = engine.readEvents(null, true);
        CompletableFuture<Boolean> reading = inBackground(() -> {
            blocking.forEach(event -> {
                seen.add(position(event.trackingToken()));
                two.countDown();
            });
            return true;
        });
        engine.appendEvents(event("a", 1));
        assertThat(two.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(reading).isNotDone();
        blocking.close();
        assertThat(reading.get(500, TimeUnit.MILLISECONDS)).isTrue();
        assertThat(seen).containsExactly(1L, 2L);

        CompletableFuture<Boolean> flagKept = new CompletableFuture<>();
        Thread reader = Thread.ofPlatform().start(() -> {
            engine.readEvents(engine.createHeadToken(), true).forEach(event -> {});
            flagKept.complete(Thread.currentThread().isInterrupted());
        });
        Thread.sleep(100);
        reader.interrupt();
        assertThat(flagKept.get(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void when_the_tail_is_closed_readers_end_instead_of_asking_for_ever() throws Exception {
        CompletableFuture<Boolean> blocking = inBackground(() -> {
            engine.readEvents(null, true).forEach(event -> {});
            return true;
        });
        BlockingStream<TrackedEventMessage<?>> stream =
                PostgresEventStore.on(engine).openStream(null);
        CompletableFuture<Throwable> next = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> {
            try {
                stream.nextAvailable();
            } catch (InterruptedException | RuntimeException thrown) {
                next.complete(thrown);
            }
        });
        Thread.sleep(100);
        node.tail().close();

        assertThat(blocking.get(3, TimeUnit.SECONDS)).isTrue();
        assertThat(next.get(3, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_callback_is_called_when_there_is_more_and_one_that_fails_harms_nobody() throws Exception {
        CountDownLatch called = new CountDownLatch(2);
        AtomicInteger afterwards = new AtomicInteger();
        PostgresEventStore store = PostgresEventStore.on(engine);
        try (BlockingStream<TrackedEventMessage<?>> failing = store.openStream(null);
                BlockingStream<TrackedEventMessage<?>> listening = store.openStream(null)) {
            assertThat(failing.setOnAvailableCallback(() -> {
                        throw new IllegalStateException("a reader's own trouble");
                    }))
                    .isTrue();
            listening.setOnAvailableCallback(called::countDown);
            engine.appendEvents(event("a", 0));
            log.node().engine().appendEvents(event("a", 1));
            assertThat(called.await(5, TimeUnit.SECONDS)).isTrue();
            listening.setOnAvailableCallback(afterwards::incrementAndGet);
            listening.setOnAvailableCallback(null);
            engine.appendEvents(event("a", 2));
            assertThat(afterwards).hasValue(0);
        }
        assertThat(engine.lastSequenceNumberFor("a")).contains(2L);
    }

    @Test
    void a_notification_that_is_none_does_not_stop_the_tail() throws Exception {
        try (BlockingStream<TrackedEventMessage<?>> stream =
                PostgresEventStore.on(engine).openStream(null)) {
            assertThat(stream.hasNextAvailable()).isFalse();
            log.execute("notify " + LogTail.CHANNEL + ", 'nonsense'");
            log.execute("notify " + LogTail.CHANNEL + ", '1000000'");
            Thread.sleep(200);
            assertThat(stream.hasNextAvailable(100, TimeUnit.MILLISECONDS)).isFalse();
            log.node().engine().appendEvents(event("a", 0));
            assertThat(stream.hasNextAvailable(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void streams_that_are_closed_hold_nothing() throws Exception {
        engine.appendEvents(IntStream.range(0, 50).mapToObj(i -> event("a", i)).toList());
        PostgresEventStore store = PostgresEventStore.on(engine);
        for (int i = 0; i < 40; i++) {
            try (BlockingStream<TrackedEventMessage<?>> stream = store.openStream(null);
                    Stream<? extends TrackedEventMessage<?>> finite = engine.readEvents(null, false)) {
                stream.nextAvailable();
                assertThat(finite.findFirst()).isPresent();
            }
            DomainEventStream abandoned = engine.readEvents("a", 0);
            abandoned.next();
        }
        assertThat(node.dataSource().getHikariPoolMXBean().getActiveConnections())
                .as("the tail's own")
                .isLessThanOrEqualTo(2);
    }

    // ---- one after another

    @Test
    void a_domain_stream_knows_its_last_sequence_and_joins_over_pages() {
        engine.appendEvents(
                IntStream.range(0, 5_003).mapToObj(i -> event("a", i)).toList());
        DomainEventStream stream = engine.readEvents("a", 4_998);
        List<Long> sequences = new ArrayList<>();
        while (stream.hasNext()) {
            assertThat(stream.peek().getSequenceNumber())
                    .isEqualTo(stream.next().getSequenceNumber());
            sequences.add(stream.getLastSequenceNumber());
        }
        assertThat(sequences).hasSize(5).endsWith(5_002L);
        assertThat(engine.readEvents("a", 5_003).hasNext()).isFalse();
        assertThat(engine.readEvents("a", -5).hasNext()).isTrue();
    }

    @Test
    void of_many_who_want_the_same_place_exactly_one_gets_it_and_each_of_the_others_is_told() throws Exception {
        PostgresEventStorageEngine second = log.node().engine();
        AtomicInteger won = new AtomicInteger();
        AtomicInteger lost = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                PostgresEventStorageEngine mine = i % 2 == 0 ? engine : second;
                String own = "own-" + i;
                all.add(threads.submit(() -> {
                    mine.appendEvents(event(own, 0));
                    try {
                        mine.appendEvents(List.of(event("wanted", 0), event(own, 1)));
                        won.incrementAndGet();
                    } catch (ConcurrencyException told) {
                        lost.incrementAndGet();
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(won).hasValue(1);
        assertThat(lost).hasValue(39);
        assertThat(positions(engine.readEvents(null, false)))
                .isEqualTo(LongStream.rangeClosed(1, 42).boxed().toList());
    }

    @Test
    void a_writer_that_is_gone_without_a_word_in_the_middle_of_a_commit_does_not_stop_the_others_for_long() {
        GroupCommitSettings impatient = new GroupCommitSettings(4096, Duration.ofMillis(2), Duration.ofSeconds(4));
        try (FaultyProxy network =
                FaultyProxy.before(TestDatabase.sharedServer().port())) {
            String through = log.url().replaceFirst(":\\d+/", ":" + network.port() + "/");
            PostgresEventStorageEngine gone =
                    log.node(NoOpEventUpcaster.INSTANCE, through, impatient).engine();
            gone.appendEvents(event("a", 0));
            // Its next answer, which says that it has the lock, never arrives.
            network.stallAnswers();
            long start = System.nanoTime();
            assertThatThrownBy(() -> gone.appendEvents(event("a", 1))).hasMessageContaining("log");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(9));

            engine.appendEvents(event("b", 0));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(12));
            network.heal();
        }
    }

    // ---- helpers

    private interface Asking<T> {
        T ask() throws Exception;
    }

    private static <T> CompletableFuture<T> inBackground(Asking<T> asking) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                answer.complete(asking.ask());
            } catch (Exception failure) {
                answer.completeExceptionally(failure);
            }
        });
        return answer;
    }

    /** Appends all of them so that they share a commit, most likely: another writer holds the lock meanwhile. */
    @SafeVarargs
    @SuppressWarnings("varargs")
    private List<Throwable> atOnce(List<? extends EventMessage<?>>... appends) throws Exception {
        List<CompletableFuture<Throwable>> running = new ArrayList<>();
        try (var connection = node.dataSource().getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("select pg_advisory_xact_lock(" + LogWriter.ADVISORY_LOCK + ")");
            running.add(failureOf(List.of(event("first", 0))));
            Thread.sleep(100);
            for (List<? extends EventMessage<?>> append : appends) {
                running.add(failureOf(append));
            }
            Thread.sleep(100);
            connection.rollback();
        }
        List<Throwable> failures = new ArrayList<>();
        for (CompletableFuture<Throwable> one : running) {
            failures.add(one.get(20, TimeUnit.SECONDS));
        }
        assertThat(failures.removeFirst()).isNull();
        return failures;
    }

    @SuppressWarnings("NullAway") // null: none
    private CompletableFuture<Throwable> failureOf(List<? extends EventMessage<?>> append) {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                engine.appendEvents(append);
                end.complete(null);
            } catch (RuntimeException failure) {
                end.complete(failure);
            }
        });
        return end;
    }

    private static long position(TrackingToken token) {
        return LogReader.positionOf(token);
    }

    private static List<Long> positions(Stream<? extends TrackedEventMessage<?>> events) {
        return events.map(event -> position(event.trackingToken())).toList();
    }

    private static DomainEventMessage<String> event(String aggregate, long sequence) {
        return new GenericDomainEventMessage<>(
                "Thing", aggregate, sequence, aggregate + "-" + sequence, Map.of("k", "v"));
    }

    private static DomainEventMessage<String> withId(String identifier, String aggregate, long sequence) {
        return new GenericDomainEventMessage<>(
                "Thing",
                aggregate,
                sequence,
                new GenericMessage<>(identifier, "payload", MetaData.with("k", "v")),
                Instant.now());
    }

    private static DomainEventMessage<String> at(String aggregate, long sequence, Instant time) {
        return new GenericDomainEventMessage<>("Thing", aggregate, sequence, new GenericMessage<>("payload"), time);
    }

    /** Turns every text into capitals. */
    private static final class Shouting extends SingleEventUpcaster {
        @Override
        protected boolean canUpcast(IntermediateEventRepresentation event) {
            return event.getType().getRevision() == null;
        }

        @Override
        protected IntermediateEventRepresentation doUpcast(IntermediateEventRepresentation event) {
            return event.upcastPayload(
                    new SimpleSerializedType(event.getType().getName(), "2"),
                    JsonNode.class,
                    text -> StringNode.valueOf(text.stringValue().toUpperCase(java.util.Locale.ROOT)));
        }
    }
}
