package io.skein.eventlog;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.axonframework.common.stream.BlockingStream;
import org.axonframework.eventhandling.EventUtils;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.eventhandling.WrappedToken;
import org.axonframework.messaging.StreamableMessageSource;
import org.axonframework.serialization.Serializer;
import org.axonframework.serialization.upcasting.event.EventUpcaster;
import org.axonframework.serialization.upcasting.event.NoOpEventUpcaster;
import org.jspecify.annotations.Nullable;

/**
 * The log as a source for tracking processors. Tokens are {@link GlobalSequenceTrackingToken}s whose index is the position of the last event seen (0: none yet); as
 * positions have no gaps and appear in order, nothing else need be remembered. Thread-safe; a stream serves one thread at a time.
 */
public final class LogReader implements StreamableMessageSource<TrackedEventMessage<?>> {
    private static final long NOTHING_THERE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int REST_FACTOR = 4;
    private static final long MAX_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int ENOUGH_EVENTS = 2_000;

    private final LogPages pages;
    private final LogTail tail;
    private final Serializer serializer;
    private final EventUpcaster upcaster;
    private final LogCache cache;

    public LogReader(LogPages pages, LogTail tail, Serializer serializer, EventUpcaster upcaster) {
        this(pages, tail, serializer, upcaster, new LogCache());
    }

    /** @param cache shared only with readers of the same log by the same serializer and upcaster */
    public LogReader(LogPages pages, LogTail tail, Serializer serializer, EventUpcaster upcaster, LogCache cache) {
        this.pages = pages;
        this.tail = tail;
        this.serializer = serializer;
        this.upcaster = upcaster;
        this.cache = cache;
    }

    /**
     * Position that a token stands for; a null token stands before the first event, one that wraps others where the earliest of them stands.
     *
     * @throws IllegalArgumentException if the token is none of this log
     */
    public static long positionOf(@Nullable TrackingToken token) {
        TrackingToken earliest = token == null ? null : WrappedToken.unwrapLowerBound(token);
        if (earliest == null) {
            return 0;
        }
        if (earliest instanceof GlobalSequenceTrackingToken ours) {
            return Math.max(0, ours.getGlobalIndex());
        }
        throw new IllegalArgumentException(
                "tracking token is a " + earliest.getClass().getSimpleName()
                        + "; expected a GlobalSequenceTrackingToken of this log, or none");
    }

    @Override
    public BlockingStream<TrackedEventMessage<?>> openStream(@Nullable TrackingToken token) {
        return new Stream(positionOf(token));
    }

    /** Turns stored rows into messages; payloads stay bytes until somebody asks for them. */
    public List<TrackedEventMessage<?>> messages(List<LogRow> rows) {
        List<TrackedEventMessage<?>> messages = new ArrayList<>(rows.size());
        if (upcaster == NoOpEventUpcaster.INSTANCE && rows.stream().allMatch(LogReader::isOfTheLanguage)) {
            for (LogRow row : rows) {
                Class<?> type = Objects.requireNonNull(EventTypes.all().get(row.payloadType()));
                messages.add(new LoggedMessage(row, type, serializer));
            }
            return messages;
        }
        EventUtils.upcastAndDeserializeTrackedEvents(rows.stream().map(LogRow::tracked), serializer, upcaster)
                .forEachOrdered(messages::add);
        return messages;
    }

    private static boolean isOfTheLanguage(LogRow row) {
        return !row.aggregateType().isEmpty()
                && row.eventId().version() != LogRow.NAME_BASED
                && EventTypes.all().containsKey(row.payloadType());
    }

    /**
     * Events above the position, in order and without gaps, at most {@code limit} of them; shared with the other readers of the cache. For readers without
     * upcasters: only then is every row one event.
     *
     * @return empty only where the log has nothing above {@code after}
     * @throws LogUnavailableException if the database does not answer
     */
    public List<TrackedEventMessage<?>> after(long after, int limit) {
        return cache.after(after, limit, new LogCache.Source() {
            @Override
            public List<LogRow> fetch(long from, int most) {
                return pages.after(from, most);
            }

            @Override
            public List<TrackedEventMessage<?>> decode(List<LogRow> rows) {
                return messages(rows);
            }
        });
    }

    @Override
    public TrackingToken createTailToken() {
        return new GlobalSequenceTrackingToken(0);
    }

    @Override
    public TrackingToken createHeadToken() {
        return new GlobalSequenceTrackingToken(pages.head());
    }

    @Override
    public TrackingToken createTokenAt(Instant instant) {
        return new GlobalSequenceTrackingToken(pages.before(instant));
    }

    private final class Stream implements BlockingStream<TrackedEventMessage<?>> {
        private final Deque<TrackedEventMessage<?>> buffer = new ArrayDeque<>();
        private long read;
        private @Nullable Runnable callback;
        private boolean asked;
        /** When the reader last went away with something to do; 0: not yet. */
        private long busySince;

        private volatile boolean closed;

        Stream(long after) {
            this.read = after;
        }

        @Override
        public Optional<TrackedEventMessage<?>> peek() {
            return fill() ? Optional.of(buffer.getFirst()) : Optional.empty();
        }

        @Override
        public boolean hasNextAvailable(int timeout, TimeUnit unit) throws InterruptedException {
            long start = System.nanoTime();
            long most = unit.toNanos(timeout);
            if (most > 0) {
                gather(most);
            }
            while (!fillUnlessInterrupted()) {
                long left = most - (System.nanoTime() - start);
                if (left <= 0 || isOver()) {
                    busySince = 0;
                    return false;
                }
                await(left);
            }
            busySince = System.nanoTime();
            return true;
        }

        // Each round costs a reader a transaction, however few events it takes. So one that keeps up with a busy log
        // rests between rounds, the longer the dearer they are, and finds more each time; one that was idle, or is
        // behind, does not.
        private void gather(long most) throws InterruptedException {
            if (busySince == 0 || !buffer.isEmpty() || isOver() || tail.head() - read >= ENOUGH_EVENTS) {
                return;
            }
            long worked = System.nanoTime() - busySince;
            TimeUnit.NANOSECONDS.sleep(Math.min(most, Math.min(worked * REST_FACTOR, MAX_REST_NANOS)));
        }

        @Override
        public TrackedEventMessage<?> nextAvailable() throws InterruptedException {
            while (!fillUnlessInterrupted()) {
                if (isOver()) {
                    throw new IllegalStateException("the stream was closed; expected an open one");
                }
                await(TimeUnit.SECONDS.toNanos(1));
            }
            return buffer.removeFirst();
        }

        private boolean isOver() {
            return closed || tail.isClosed();
        }

        private void await(long nanos) throws InterruptedException {
            long before = read;
            if (tail.awaitBeyond(before, nanos, TimeUnit.NANOSECONDS, () -> closed)
                    && !fillUnlessInterrupted()
                    && read == before) {
                // The tail was told of what cannot be read: no reason to ask without a pause.
                TimeUnit.NANOSECONDS.sleep(Math.min(nanos, NOTHING_THERE_NANOS));
            }
        }

        /** A reader who is interrupted while the database is asked wants to know that, and not that the database has not answered. */
        private boolean fillUnlessInterrupted() throws InterruptedException {
            try {
                return fill();
            } catch (LogUnavailableException failure) {
                if (Thread.interrupted()) {
                    InterruptedException interrupted = new InterruptedException("interrupted while reading the log");
                    interrupted.initCause(failure);
                    throw interrupted;
                }
                throw failure;
            }
        }

        private boolean fill() {
            // The tail may not have heard of anything yet; the first look is at the log itself.
            while (buffer.isEmpty() && !closed && (!asked || tail.head() > read)) {
                long before = read;
                if (upcaster == NoOpEventUpcaster.INSTANCE) {
                    List<TrackedEventMessage<?>> page = after(read, LogPages.MAX_ROWS);
                    buffer.addAll(page);
                    read = page.isEmpty() ? read : positionOf(page.getLast().trackingToken());
                } else {
                    // Upcasters may leave nothing of a page.
                    List<LogRow> page = pages.after(read, LogPages.MAX_ROWS);
                    buffer.addAll(messages(page));
                    read = page.isEmpty() ? read : page.getLast().position();
                }
                asked = true;
                if (read == before) {
                    return false;
                }
            }
            return !closed && !buffer.isEmpty();
        }

        @Override
        public boolean setOnAvailableCallback(@Nullable Runnable onAvailable) {
            if (callback != null) {
                tail.removeOnAdvance(callback);
            }
            callback = onAvailable;
            if (onAvailable != null) {
                tail.onAdvance(onAvailable);
            }
            return true;
        }

        @Override
        public void close() {
            closed = true;
            tail.wake();
            if (callback != null) {
                tail.removeOnAdvance(callback);
            }
        }
    }
}
