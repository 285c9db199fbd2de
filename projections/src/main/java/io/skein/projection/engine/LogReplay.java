package io.skein.projection.engine;

import io.skein.eventlog.LogPages;
import io.skein.eventlog.LogReader;
import io.skein.eventlog.LogRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
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
     * Gives a projection every event in {@code (after, upTo]} in order, but for those that it has parked.
     *
     * @throws IllegalStateException if the log does not reach {@code upTo}
     */
    public void between(String projection, long after, long upTo, Connection database, Consumer<LoggedEvent> consumer)
            throws SQLException {
        Set<Long> parked = ParkedEvents.positions(database, projection, after);
        long read = after;
        while (read < upTo) {
            List<LogRow> rows = pages.after(read, (int) Math.min(LogPages.MAX_ROWS, upTo - read));
            if (rows.isEmpty()) {
                throw new IllegalStateException("the log ends at position " + read + "; expected it to reach " + upTo);
            }
            for (TrackedEventMessage<?> message : reader.messages(rows)) {
                LoggedEvent event = LoggedEvent.of(message);
                if (!parked.contains(event.position())) {
                    consumer.accept(event);
                }
            }
            read = rows.getLast().position();
        }
    }
}
