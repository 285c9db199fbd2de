package io.skein.eventlog;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.jspecify.annotations.Nullable;

/**
 * Stretches of the log that several readers want, so that each is fetched once and each event is decoded once in a process. The log never changes, so what is
 * held stays true; what is used least goes first. Events too large to be worth holding are fetched by each reader. Thread-safe.
 */
public final class LogCache {
    /** Positions of one stretch; it begins behind a multiple of this. */
    static final int STRETCH = 4_096;

    private static final long MAX_BYTES = 96L << 20;
    private static final long MAX_STRETCH_BYTES = 16L << 20;

    /** What an event takes in memory beside its stored payload, read and unread. */
    private static final int EVENT_BYTES = 1_000;

    private final Map<Long, Stretch> stretches = new LinkedHashMap<>(64, 0.75f, true);
    private final long maxBytes;

    public LogCache() {
        this(MAX_BYTES);
    }

    /** @param maxBytes of memory, roughly */
    LogCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Fetches events above a position, in order and without gaps; none only where the log ends. */
    interface Source {
        List<LogRow> fetch(long after, int limit);

        List<TrackedEventMessage<?>> decode(List<LogRow> rows);
    }

    /** Events above {@code after} in order and without gaps, at most {@code limit} of them; none only where the log ends. */
    List<TrackedEventMessage<?>> after(long after, int limit, Source source) {
        Stretch stretch = stretch(after / STRETCH);
        int index = (int) (after % STRETCH);
        if (index >= stretch.size) {
            stretch.fill(index, source);
            trim();
        }
        int size = stretch.size;
        if (index < size) {
            return stretch.copy(index, Math.min(size, index + limit));
        }
        return stretch.isTooLarge() ? source.decode(source.fetch(after, limit)) : List.of();
    }

    private Stretch stretch(long number) {
        synchronized (stretches) {
            return stretches.computeIfAbsent(number, Stretch::new);
        }
    }

    private void trim() {
        synchronized (stretches) {
            long bytes = stretches.values().stream()
                    .mapToLong(stretch -> stretch.bytes)
                    .sum();
            Iterator<Stretch> eldest = stretches.values().iterator();
            while (bytes > maxBytes && stretches.size() > 1 && eldest.hasNext()) {
                bytes -= eldest.next().bytes;
                eldest.remove();
            }
        }
    }

    private static final class Stretch {
        private final long base;
        private final ReentrantLock filling = new ReentrantLock();
        private final @Nullable TrackedEventMessage<?>[] events = new TrackedEventMessage<?>[STRETCH];
        /** Written behind the events it counts, so that who reads it sees them. */
        private volatile int size;

        private volatile long bytes;

        Stretch(long number) {
            this.base = number * STRETCH;
        }

        /** Who comes second waits, and finds it done. */
        void fill(int upTo, Source source) {
            filling.lock();
            try {
                while (upTo >= size && !isTooLarge()) {
                    List<LogRow> rows = source.fetch(base + size, STRETCH - size);
                    if (rows.isEmpty()) {
                        return;
                    }
                    add(rows, source.decode(rows));
                }
            } finally {
                filling.unlock();
            }
        }

        /** Whether what is missing here is not held but fetched by each reader. */
        boolean isTooLarge() {
            return bytes >= MAX_STRETCH_BYTES;
        }

        private void add(List<LogRow> rows, List<TrackedEventMessage<?>> decoded) {
            int next = size;
            if (decoded.size() != rows.size() || rows.getFirst().position() != base + next + 1) {
                throw new IllegalStateException("the log gave " + decoded.size() + " events from position "
                        + rows.getFirst().position() + "; expected " + rows.size() + " from " + (base + next + 1));
            }
            long more = 0;
            for (int i = 0; i < rows.size(); i++) {
                events[next++] = decoded.get(i);
                more += rows.get(i).payload().length + EVENT_BYTES;
            }
            bytes += more;
            size = next;
        }

        List<TrackedEventMessage<?>> copy(int from, int to) {
            List<TrackedEventMessage<?>> copy = new ArrayList<>(to - from);
            for (int i = from; i < to; i++) {
                copy.add(java.util.Objects.requireNonNull(events[i]));
            }
            return copy;
        }
    }
}
