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
import org.axonframework.messaging.StreamableMessageSource;
import org.axonframework.serialization.Serializer;
import org.axonframework.serialization.upcasting.event.EventUpcaster;
import org.jspecify.annotations.Nullable;

/**
 * The log as a source for tracking processors. Tokens are {@link GlobalSequenceTrackingToken}s whose index is the position of the last event seen (0: none yet); as
 * positions have no gaps and appear in order, nothing else need be remembered. Thread-safe; a stream serves one thread at a time.
 */
public final class LogReader implements StreamableMessageSource<TrackedEventMessage<?>> {
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

    /** Position that a token stands for; a null token stands before the first event. */
    public static long positionOf(@Nullable TrackingToken token) {
        return token == null ? 0 : token.position().orElse(0);
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
            if (fill()) {
                return true;
            }
            return timeout > 0 && tail.awaitBeyond(read, timeout, unit) && fill();
        }

        @Override
        public TrackedEventMessage<?> nextAvailable() throws InterruptedException {
            while (!fill()) {
                if (closed) {
                    throw new IllegalStateException("the stream was closed; expected an open one");
                }
                boolean more = tail.awaitBeyond(read, 1, TimeUnit.SECONDS);
                if (more) {
                    continue;
                }
            }
            return buffer.removeFirst();
        }

        private boolean fill() {
            if (buffer.isEmpty() && !closed && tail.head() > read) {
                List<LogRow> page = pages.after(read, LogPages.MAX_ROWS);
                buffer.addAll(messages(page));
                if (!page.isEmpty()) {
                    read = page.getLast().position();
                }
            }
            return !buffer.isEmpty();
        }

        @Override
        public boolean setOnAvailableCallback(Runnable onAvailable) {
            if (callback != null) {
                tail.removeOnAdvance(callback);
            }
            callback = onAvailable;
            tail.onAdvance(onAvailable);
            return true;
        }

        @Override
        public void close() {
            closed = true;
            if (callback != null) {
                tail.removeOnAdvance(callback);
            }
        }
    }
}
