package io.skein.projection.engine;

import io.skein.eventlog.LogPages;
import io.skein.eventlog.LogReader;
import io.skein.eventlog.LogRow;
import java.util.List;
import java.util.function.Consumer;
import org.axonframework.eventhandling.TrackedEventMessage;

/** Reads a stretch of the log again, for state that is kept in memory. */
public final class LogReplay {
    private final LogPages pages;
    private final LogReader reader;

    public LogReplay(LogPages pages, LogReader reader) {
        this.pages = pages;
        this.reader = reader;
    }

    /**
     * Gives every event in {@code (after, upTo]} in order.
     *
     * @throws IllegalStateException if the log does not reach {@code upTo}
     */
    public void between(long after, long upTo, Consumer<LoggedEvent> consumer) {
        long read = after;
        while (read < upTo) {
            List<LogRow> rows = pages.after(read, (int) Math.min(LogPages.MAX_ROWS, upTo - read));
            if (rows.isEmpty()) {
                throw new IllegalStateException("the log ends at position " + read + "; expected it to reach " + upTo);
            }
            for (TrackedEventMessage<?> message : reader.messages(rows)) {
                consumer.accept(LoggedEvent.of(message));
            }
            read = rows.getLast().position();
        }
    }
}
