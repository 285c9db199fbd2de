package io.skein.eventlog;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Reads the log by pages, in order of position. Thread-safe; each call borrows a connection and gives it back. */
public final class LogPages {
    /** Most rows of a page. */
    public static final int MAX_ROWS = 5_000;

    /** A page ends behind the row that reaches so many bytes of payload, so that a run of large messages does not fill the memory. */
    private static final long MAX_BYTES = 16L << 20;

    /** What PostgreSQL can hold is wider, but no event is older or later than that. */
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private static final String COLUMNS =
            "select position, event_id, aggregate_type, aggregate_id, sequence, payload_type, revision, recorded_at, payload, metadata from event_log ";

    private final DataSource dataSource;
    private final LogNames names;

    public LogPages(DataSource dataSource, LogNames names) {
        this.dataSource = dataSource;
        this.names = names;
    }

    /**
     * Events with a position above {@code after}, in order, without gaps.
     *
     * @return empty only where the log has nothing above {@code after}
     * @throws LogUnavailableException if the database does not answer
     */
    public List<LogRow> after(long after, int limit) {
        // COPY hands out rows twice as fast as a cursor does.
        String copy = "copy (" + COLUMNS + "where position > " + after + " order by position limit "
                + Math.min(limit, MAX_ROWS) + ") to stdout (format binary)";
        try (Connection connection = dataSource.getConnection()) {
            CopyOut stream = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(copy);
            BinaryRows rows = new BinaryRows();
            List<LogRow> page = new ArrayList<>();
            long bytes = 0;
            try {
                for (byte[] data = stream.readFromCopy();
                        data != null && bytes < MAX_BYTES;
                        data = stream.readFromCopy()) {
                    LogRow row = rows.read(data, number -> name(number));
                    if (row != null) {
                        page.add(row);
                        bytes += row.payload().length;
                    }
                }
            } finally {
                if (stream.isActive()) {
                    stream.cancelCopy();
                }
            }
            return page;
        } catch (SQLException failure) {
            throw new LogUnavailableException("event_log could not be read", failure);
        }
    }

    // On a connection of its own: the one that reads is busy until the page is done. Happens once for each name.
    private String name(short number) throws SQLException {
        String known = names.known(number);
        if (known != null) {
            return known;
        }
        try (Connection connection = dataSource.getConnection()) {
            return names.name(connection, number);
        }
    }

    /** Events of one aggregate from {@code firstSequence} on, in order, whatever the aggregate's type. */
    public List<LogRow> ofAggregate(String aggregateId, long firstSequence, int limit) {
        return read(COLUMNS + "where aggregate_id = ? and sequence >= ? order by sequence limit ?", statement -> {
            statement.setString(1, aggregateId);
            statement.setLong(2, firstSequence);
            statement.setInt(3, Math.min(limit, MAX_ROWS));
        });
    }

    /** The events with these ids that the log has, in no particular order. */
    public List<LogRow> withIds(List<UUID> eventIds) {
        return read(
                COLUMNS + "where event_id = any(?)",
                statement ->
                        statement.setArray(1, statement.getConnection().createArrayOf("uuid", eventIds.toArray())));
    }

    /** Position of the newest event; 0 where there is none. */
    public long head() {
        return number("select coalesce(max(position), 0) from event_log", null);
    }

    /** Position before the first event recorded at the instant or later; the head where there is none. */
    public long before(Instant instant) {
        return number(
                "select coalesce((select min(position) - 1 from event_log where recorded_at >= ?), (select coalesce(max(position), 0) from event_log))",
                instant);
    }

    private long number(String sql, @org.jspecify.annotations.Nullable Instant instant) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(sql)) {
            if (instant != null) {
                // The log keeps microseconds; an event of the very instant must not be cut off by what is finer.
                select.setTimestamp(1, Timestamp.from(within(instant).truncatedTo(ChronoUnit.MICROS)));
            }
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        } catch (SQLException failure) {
            throw new LogUnavailableException("event_log could not be read", failure);
        }
    }

    private static Instant within(Instant instant) {
        return instant.isBefore(EARLIEST) ? EARLIEST : instant.isAfter(LATEST) ? LATEST : instant;
    }

    private interface Parameters {
        void set(PreparedStatement statement) throws SQLException;
    }

    private List<LogRow> read(String sql, Parameters parameters) {
        try (Connection connection = dataSource.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            // Only in a transaction does the driver fetch in portions.
            connection.setAutoCommit(false);
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                select.setFetchSize(500);
                parameters.set(select);
                List<LogRow> page = new ArrayList<>();
                long bytes = 0;
                try (ResultSet rows = select.executeQuery()) {
                    while (bytes < MAX_BYTES && rows.next()) {
                        LogRow row = row(rows);
                        page.add(row);
                        bytes += row.payload().length;
                    }
                }
                for (int i = 0; i < page.size(); i++) {
                    page.set(i, named(connection, page.get(i)));
                }
                return page;
            } finally {
                connection.rollback();
                connection.setAutoCommit(autoCommit);
            }
        } catch (SQLException failure) {
            throw new LogUnavailableException("event_log could not be read", failure);
        }
    }

    private LogRow row(ResultSet rows) throws SQLException {
        byte[] metadata = rows.getBytes(10);
        return new LogRow(
                rows.getLong(1),
                rows.getObject(2, UUID.class),
                Short.toString(rows.getShort(3)),
                rows.getString(4),
                rows.getLong(5),
                Short.toString(rows.getShort(6)),
                rows.getString(7),
                rows.getObject(8, OffsetDateTime.class)
                        .withOffsetSameInstant(ZoneOffset.UTC)
                        .toInstant(),
                rows.getBytes(9),
                metadata.length == 0 ? "{}".getBytes(StandardCharsets.UTF_8) : metadata);
    }

    // Names are looked up after the result set is read: one connection serves one query at a time.
    private LogRow named(Connection connection, LogRow raw) throws SQLException {
        return new LogRow(
                raw.position(),
                raw.eventId(),
                names.name(connection, Short.parseShort(raw.aggregateType())),
                raw.aggregateId(),
                raw.sequence(),
                names.name(connection, Short.parseShort(raw.payloadType())),
                raw.revision(),
                raw.recordedAt(),
                raw.payload(),
                raw.metadata());
    }
}
