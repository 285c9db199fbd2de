package io.skein.eventlog;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
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
import org.jspecify.annotations.Nullable;

/**
 * The log as a source for tracking processors. Tokens are {@link GlobalSequenceTrackingToken}s whose index is the position of the last event seen (0: none yet); as
 * positions have no gaps and appear in order, nothing else need be remembered. Thread-safe; a stream serves one thread at a time.
 */
public final class LogReader implements StreamableMessageSource<TrackedEventMessage<?>> {
    private static final long NOTHING_THERE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final LogPages pages;
    private final LogTail tail;
    private final Serializer serializer;
    private final EventUpcaster upcaster;

    public LogReader(LogPages pages, LogTail tail, Serializer serializer, EventUpcaster upcaster) {
        this.pages = pages;
        this.tail = tail;
        this.serializer = serializer;
        this.upcaster = upcaster;
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
        EventUtils.upcastAndDeserializeTrackedEvents(rows.stream().map(LogRow::tracked), serializer, upcaster)
                .forEachOrdered(messages::add);
        return messages;
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
            while (!fillUnlessInterrupted()) {
                long left = most - (System.nanoTime() - start);
                if (left <= 0 || isOver()) {
                    return false;
                }
                await(left);
            }
            return true;
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
                List<LogRow> page = pages.after(read, LogPages.MAX_ROWS);
                asked = true;
                if (page.isEmpty()) {
                    return false;
                }
                // Upcasters may leave nothing of a page.
                buffer.addAll(messages(page));
                read = page.getLast().position();
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
