package io.skein.command.eventlog;

import io.skein.eventlog.LogTail;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.axonframework.modelling.command.ConcurrencyException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Writes appends in one transaction on one connection. An advisory lock, held until the commit is visible, orders the writers of all nodes, so that positions
 * follow one another without gaps in the order of commits and no reader ever sees a position before a lower one.
 */
final class LogWriter {
    /** Any number will do; all nodes must use the same. */
    static final long ADVISORY_LOCK = 0x536B_6569_6E4C_6F67L;

    private static final String UNIQUE_VIOLATION = "23505";

    private final Connection connection;
    private final BinaryCopy copy = new BinaryCopy();

    /**
     * @param connection of this writer alone; in no transaction
     * @param patience how long the server may be silent before the connection is given up
     */
    LogWriter(Connection connection, Duration patience) throws SQLException {
        this.connection = connection;
        try {
            connection.setAutoCommit(false);
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(patience.toMillis()));
            try (Statement statement = connection.createStatement()) {
                // A writer whose machine is gone must not hold the lock of all writers until its connection is found
                // dead, hours later.
                statement.execute(
                        "set idle_in_transaction_session_timeout = " + patience.toMillis()
                                + "; set tcp_user_timeout = " + patience.toMillis()
                                + "; set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3");
            }
            connection.commit();
        } catch (SQLException failure) {
            try (connection) {
                throw failure;
            }
        }
    }

    /** An event of an append stands in the log already, or another event stands at its place in its aggregate. */
    static final class CollisionException extends SQLException {
        private static final long serialVersionUID = 1L;

        CollisionException(SQLException cause) {
            super(cause.getMessage(), cause.getSQLState(), cause);
        }
    }

    /**
     * All of them, in their order, in one durable commit.
     *
     * @return position of the first event
     * @throws CollisionException if one of them collides; nothing is written
     */
    long write(List<Append> appends) throws SQLException {
        try {
            long first = lockAndReadHead() + 1;
            long next = first;
            copy.reset();
            for (Append append : appends) {
                for (NewEvent event : append.events) {
                    row(next++, event);
                }
            }
            copy.end();
            copyIn();
            notifyAndCommit(next - 1);
            return first;
        } catch (SQLException failure) {
            rollback(failure);
            throw UNIQUE_VIOLATION.equals(failure.getSQLState()) ? new CollisionException(failure) : failure;
        }
    }

    /** Which of the appends collide with what the log holds or with one before them in the list; the value says how. */
    Map<Append, RuntimeException> collisions(List<Append> appends) throws SQLException {
        try {
            lockAndReadHead();
            Map<UUID, Long> knownIds = knownIds(appends);
            Set<NewEvent.AggregateSequence> knownSequences = knownSequences(appends);
            Map<Append, RuntimeException> collisions = new HashMap<>();
            Set<UUID> seenIds = new HashSet<>();
            Set<NewEvent.AggregateSequence> seenSequences = new HashSet<>();
            for (Append append : appends) {
                RuntimeException collision = collision(append, knownIds, knownSequences, seenIds, seenSequences);
                if (collision != null) {
                    collisions.put(append, collision);
                }
            }
            return collisions;
        } finally {
            connection.rollback();
        }
    }

    private static @org.jspecify.annotations.Nullable RuntimeException collision(
            Append append,
            Map<UUID, Long> knownIds,
            Set<NewEvent.AggregateSequence> knownSequences,
            Set<UUID> seenIds,
            Set<NewEvent.AggregateSequence> seenSequences) {
        for (NewEvent event : append.events) {
            Long position = knownIds.get(event.eventId());
            if (position != null) {
                return new DuplicateEventException(event.eventId(), position);
            }
        }
        Set<UUID> ownIds = new HashSet<>();
        Set<NewEvent.AggregateSequence> ownSequences = new HashSet<>();
        for (NewEvent event : append.events) {
            if (knownSequences.contains(event.aggregateSequence())
                    || seenSequences.contains(event.aggregateSequence())
                    || !ownSequences.add(event.aggregateSequence())) {
                return new ConcurrencyException("aggregate " + event.aggregateId() + " has an event with sequence "
                        + event.sequence() + " already; expected none");
            }
            if (seenIds.contains(event.eventId()) || !ownIds.add(event.eventId())) {
                return new ConcurrencyException(
                        "event " + event.eventId() + " is appended twice at once; expected a new id");
            }
        }
        for (NewEvent event : append.events) {
            seenIds.add(event.eventId());
            seenSequences.add(event.aggregateSequence());
        }
        return null;
    }

    private long lockAndReadHead() throws SQLException {
        // Two statements in one round trip; the second takes its snapshot after the lock is held.
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_advisory_xact_lock(" + ADVISORY_LOCK
                    + "); select coalesce(max(position), 0) from event_log");
            statement.getMoreResults();
            try (ResultSet rows = statement.getResultSet()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    private void row(long position, NewEvent event) {
        copy.row(10);
        copy.int8(position);
        copy.uuid(event.eventId());
        copy.int2(event.aggregateType());
        copy.int2(event.payloadType());
        copy.int8(event.sequence());
        copy.timestamptz(event.recordedAt());
        copy.text(event.aggregateId());
        copy.text(event.revision());
        copy.bytea(event.payload());
        copy.bytea(event.metadata());
    }

    private void copyIn() throws SQLException {
        CopyIn stream = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn(
                        "copy event_log (position, event_id, aggregate_type, payload_type, sequence, recorded_at, aggregate_id, revision, payload, metadata)"
                                + " from stdin (format binary)");
        try {
            stream.writeToCopy(copy.bytes(), 0, copy.size());
            stream.endCopy();
        } finally {
            if (stream.isActive()) {
                stream.cancelCopy();
            }
        }
    }

    private void notifyAndCommit(long head) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_notify('" + LogTail.CHANNEL + "', '" + head + "'); commit");
        }
        // The driver has seen the commit and is in no transaction any more; this only settles its own books.
        connection.commit();
    }

    private Map<UUID, Long> knownIds(List<Append> appends) throws SQLException {
        UUID[] ids = appends.stream()
                .flatMap(append -> append.events.stream().map(NewEvent::eventId))
                .toArray(UUID[]::new);
        Map<UUID, Long> known = new HashMap<>();
        try (PreparedStatement select =
                connection.prepareStatement("select event_id, position from event_log where event_id = any(?)")) {
            Array array = connection.createArrayOf("uuid", ids);
            select.setArray(1, array);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    known.put(rows.getObject(1, UUID.class), rows.getLong(2));
                }
            }
        }
        return known;
    }

    private Set<NewEvent.AggregateSequence> knownSequences(List<Append> appends) throws SQLException {
        List<NewEvent> events =
                appends.stream().flatMap(append -> append.events.stream()).toList();
        Set<NewEvent.AggregateSequence> known = new HashSet<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select l.aggregate_id, l.aggregate_type, l.sequence from event_log l
                join unnest(?::text[], ?::smallint[], ?::bigint[]) as w (aggregate_id, aggregate_type, sequence)
                using (aggregate_id, aggregate_type, sequence)""")) {
            select.setArray(
                    1,
                    connection.createArrayOf(
                            "text", events.stream().map(NewEvent::aggregateId).toArray()));
            select.setArray(
                    2,
                    connection.createArrayOf(
                            "smallint",
                            events.stream().map(NewEvent::aggregateType).toArray()));
            select.setArray(
                    3,
                    connection.createArrayOf(
                            "bigint", events.stream().map(NewEvent::sequence).toArray()));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    known.add(new NewEvent.AggregateSequence(rows.getString(1), rows.getShort(2), rows.getLong(3)));
                }
            }
        }
        return known;
    }

    private void rollback(SQLException failure) {
        try {
            connection.rollback();
        } catch (SQLException gone) {
            failure.addSuppressed(gone);
        }
    }

    void close() {
        try (connection) {
            if (!connection.isClosed()) {
                // The next one who is given this connection may think between two statements.
                try (Statement statement = connection.createStatement()) {
                    statement.execute("reset idle_in_transaction_session_timeout");
                }
                connection.commit();
            }
        } catch (SQLException gone) {
            throw new IllegalStateException("the log's connection could not be given back", gone);
        }
    }
}
