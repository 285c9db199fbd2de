package io.skein.eventlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.serialization.Serializer;
import org.junit.jupiter.api.Test;

class LogCacheTest {
    private static final Serializer SERIALIZER = EventSerializer.create();

    /** A log that grows, and counts how often each of its events is fetched. */
    private static final class GrowingLog implements LogCache.Source {
        private final byte[] payload;
        private final ConcurrentHashMap<Long, AtomicInteger> fetched = new ConcurrentHashMap<>();
        private volatile long head;

        GrowingLog(int payloadBytes, long head) {
            this.payload = "x".repeat(payloadBytes).getBytes(StandardCharsets.UTF_8);
            this.head = head;
        }

        int times(long position) {
            AtomicInteger times = fetched.get(position);
            return times == null ? 0 : times.get();
        }

        @Override
        public List<LogRow> fetch(long after, int limit) {
            // A page of the real log may end early too.
            long last = Math.min(head, after + Math.min(limit, 100));
            return LongStream.rangeClosed(after + 1, last)
                    .mapToObj(position -> {
                        fetched.computeIfAbsent(position, absent -> new AtomicInteger())
                                .incrementAndGet();
                        return new LogRow(
                                position,
                                new UUID(0, position),
                                "Agent",
                                "a",
                                position,
                                "MessageRecorded",
                                "1",
                                Instant.EPOCH,
                                payload,
                                new byte[] {'{', '}'});
                    })
                    .toList();
        }

        @Override
        public List<TrackedEventMessage<?>> decode(List<LogRow> rows) {
            List<TrackedEventMessage<?>> messages = new ArrayList<>();
            rows.forEach(row -> messages.add(new LoggedMessage(row, Object.class, SERIALIZER)));
            return messages;
        }
    }

    private static List<Long> readAll(LogCache cache, GrowingLog log, long from, long upTo, int limit) {
        List<Long> positions = new ArrayList<>();
        long read = from;
        while (read < upTo) {
            for (TrackedEventMessage<?> event : cache.after(read, limit, log)) {
                read = LogReader.positionOf(event.trackingToken());
                positions.add(read);
            }
        }
        return positions;
    }

    @Test
    void readers_side_by_side_see_every_event_in_order_and_each_is_fetched_once() throws Exception {
        long head = 3L * LogCache.STRETCH + 17;
        GrowingLog log = new GrowingLog(10, 500);
        LogCache cache = new LogCache();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<List<Long>>> readers = new ArrayList<>();
            for (int limit : new int[] {1, 37, 1_000, 100_000}) {
                readers.add(threads.submit(() -> readAll(cache, log, 0, head, limit)));
            }
            for (long reached = 500; reached < head; reached += 321) {
                log.head = reached;
                Thread.sleep(1);
            }
            log.head = head;
            for (Future<List<Long>> reader : readers) {
                assertThat(reader.get())
                        .isEqualTo(LongStream.rangeClosed(1, head).boxed().toList());
            }
        }
        assertThat(log.fetched).hasSize((int) head);
        assertThat(log.fetched.values()).allMatch(times -> times.get() == 1);
    }

    @Test
    void a_reader_may_begin_anywhere_and_finds_nothing_behind_the_end() {
        GrowingLog log = new GrowingLog(10, 5_000);
        LogCache cache = new LogCache();

        assertThat(readAll(cache, log, 4_321, 5_000, 100))
                .isEqualTo(LongStream.rangeClosed(4_322, 5_000).boxed().toList());
        assertThat(cache.after(5_000, 100, log)).isEmpty();
        log.head = 5_001;
        assertThat(cache.after(5_000, 100, log)).hasSize(1);
    }

    @Test
    void what_is_too_large_to_hold_is_fetched_again_and_what_is_used_least_goes_first() {
        GrowingLog large = new GrowingLog(100_000, 600);
        LogCache cache = new LogCache();

        assertThat(readAll(cache, large, 0, 600, 50)).hasSize(600).isSorted();
        assertThat(readAll(cache, large, 0, 600, 50)).hasSize(600).isSorted();
        assertThat(large.times(1)).isEqualTo(1);
        assertThat(large.fetched.values()).anyMatch(times -> times.get() > 1);

        GrowingLog small = new GrowingLog(10, 3L * LogCache.STRETCH);
        LogCache narrow = new LogCache(LogCache.STRETCH * 1_100L);
        readAll(narrow, small, 0, small.head, 5_000);
        assertThat(readAll(narrow, small, 0, small.head, 5_000)).hasSize((int) small.head);
        assertThat(small.times(1)).isEqualTo(2);
    }
}
