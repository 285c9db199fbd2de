package io.skein.eventlog.tree;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;

/** Reads rows of the log exactly as they are stored, names looked up in the same statement: nothing remembered stands between the table and the hash. */
public final class StoredEvents {
    /** What {@link #row} reads. */
    public static final String SELECT = """
            select e.position, e.event_id, e.recorded_at, e.sequence, a.name, e.aggregate_id, t.name, e.revision, e.payload, e.metadata
            from event_log e
            left join log_name a on a.id = e.aggregate_type
            left join log_name t on t.id = e.payload_type
            """;

    private static final int FETCH = 500;

    private StoredEvents() {}

    /** Takes one row. */
    @FunctionalInterface
    public interface Taker {
        /** @return whether to go on */
        boolean take(StoredEvent event) throws SQLException;
    }

    /**
     * Gives every row with a position in {@code (after, upTo]}, in order.
     *
     * @param database in a transaction, so that rows come in portions
     * @return how many were given
     */
    public static long between(Connection database, long after, long upTo, Taker taker) throws SQLException {
        try (PreparedStatement select =
                database.prepareStatement(SELECT + "where e.position > ? and e.position <= ? order by e.position")) {
            select.setFetchSize(FETCH);
            select.setLong(1, after);
            select.setLong(2, upTo);
            long given = 0;
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    given++;
                    if (!taker.take(row(rows))) {
                        break;
                    }
                }
            }
            return given;
        }
    }

    /** The row that the result set stands at; a name that is missing is empty. */
    public static StoredEvent row(ResultSet rows) throws SQLException {
        Instant at = rows.getObject(3, OffsetDateTime.class).toInstant();
        String aggregateType = rows.getString(5);
        String type = rows.getString(7);
        return new StoredEvent(
                rows.getLong(1),
                rows.getObject(2, UUID.class),
                at.getEpochSecond() * 1_000_000L + at.getNano() / 1_000,
                rows.getLong(4),
                aggregateType == null ? "" : aggregateType,
                rows.getString(6),
                type == null ? "" : type,
                rows.getString(8),
                rows.getBytes(9),
                rows.getBytes(10));
    }
}
