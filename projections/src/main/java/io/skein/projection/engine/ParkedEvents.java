package io.skein.projection.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The dead letters of one projection: events it could not take, and the later ones of their sequences behind them. */
final class ParkedEvents {
    private record Letter(LoggedEvent event, @Nullable String error, int attempts) {}

    private final String projection;
    private final List<Letter> unwritten = new ArrayList<>();
    private @Nullable Set<String> sequences;

    ParkedEvents(String projection) {
        this.projection = projection;
    }

    /** What is remembered of the table may be wrong now; it is read again. */
    void forget() {
        sequences = null;
        unwritten.clear();
    }

    boolean holds(Connection database, String sequenceKey) throws SQLException {
        return sequences(database).contains(sequenceKey);
    }

    void park(Connection database, LoggedEvent event, Throwable error, int attempts) throws SQLException {
        sequences(database).add(event.sequenceKey());
        unwritten.add(new Letter(event, describe(error), attempts));
    }

    void parkBehind(LoggedEvent event) {
        unwritten.add(new Letter(event, null, 0));
    }

    void write(Connection database) throws SQLException {
        if (unwritten.isEmpty()) {
            return;
        }
        Timestamp now = Timestamp.from(Instant.now());
        try (PreparedStatement insert = database.prepareStatement("""
                insert into projection_dead_letter
                    (projection, position, event_id, event_type, sequence_key, error, attempts, first_at, last_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (projection, position) do nothing""")) {
            for (Letter letter : unwritten) {
                insert.setString(1, projection);
                insert.setLong(2, letter.event().position());
                insert.setObject(3, UUID.fromString(letter.event().message().getIdentifier()));
                insert.setString(4, letter.event().typeName());
                insert.setString(5, letter.event().sequenceKey());
                insert.setString(6, letter.error());
                insert.setInt(7, letter.attempts());
                insert.setTimestamp(8, now);
                insert.setTimestamp(9, now);
                insert.addBatch();
            }
            insert.executeBatch();
        }
        unwritten.clear();
    }

    static Set<Long> positions(Connection database, String projection, long after) throws SQLException {
        Set<Long> positions = new HashSet<>();
        try (PreparedStatement select = database.prepareStatement(
                "select position from projection_dead_letter where projection = ? and position > ?")) {
            select.setString(1, projection);
            select.setLong(2, after);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    positions.add(rows.getLong(1));
                }
            }
        }
        return positions;
    }

    private Set<String> sequences(Connection database) throws SQLException {
        Set<String> known = sequences;
        if (known == null) {
            known = new HashSet<>();
            try (PreparedStatement select = database.prepareStatement(
                    "select distinct sequence_key from projection_dead_letter where projection = ?")) {
                select.setString(1, projection);
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        known.add(rows.getString(1));
                    }
                }
            }
            sequences = known;
        }
        return known;
    }

    // Types and places only: a message of a parser may quote content.
    private static String describe(Throwable error) {
        StringBuilder text = new StringBuilder();
        for (Throwable cause = error; cause != null && text.length() < 1_000; cause = cause.getCause()) {
            text.append(text.isEmpty() ? "" : " <- ").append(cause.getClass().getName());
            StackTraceElement[] stack = cause.getStackTrace();
            if (stack.length > 0) {
                text.append(" at ").append(stack[0]);
            }
        }
        return text.toString();
    }
}
