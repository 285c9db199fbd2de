package io.skein.projection.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.axonframework.eventhandling.EventHandlerInvoker;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventhandling.Segment;
import org.axonframework.messaging.unitofwork.CurrentUnitOfWork;
import org.axonframework.messaging.unitofwork.UnitOfWork;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a projection its events by batches and writes rows, progress and parked events in the transaction that also moves the token. An event
 * that cannot be taken fails its batch, which the processor tries again with growing pauses; after {@code attempts} times it is parked, and the
 * later events of its aggregate behind it. Trouble with the database is tried again for ever.
 */
final class BatchingInvoker implements EventHandlerInvoker {
    static final String CHANNEL = "skein_projection";
    private static final Logger LOG = LoggerFactory.getLogger(BatchingInvoker.class);

    private final Projection projection;
    private final Supplier<Connection> transaction;
    private final int attempts;
    private final ParkedEvents parked;
    private final Map<Long, Integer> failures = new HashMap<>();
    private final Map<Long, Throwable> causes = new HashMap<>();
    private long suspectFrom = Long.MAX_VALUE;
    private long suspectTo;
    private boolean retired;
    private volatile @Nullable String error;

    /**
     * @param transaction the connection of the transaction that the current thread is in
     * @param attempts how often an event may fail before it is parked, 1 or more
     */
    BatchingInvoker(Projection projection, Supplier<Connection> transaction, int attempts) {
        this.projection = projection;
        this.transaction = transaction;
        this.attempts = attempts;
        this.parked = new ParkedEvents(projection.name());
    }

    /** What went wrong with the newest batch, as a class name; null if nothing did. */
    @Nullable
    String error() {
        return error;
    }

    /** From here on no batch is written any more. */
    synchronized void retire() {
        retired = true;
    }

    @Override
    public boolean canHandle(EventMessage<?> message, Segment segment) {
        return true;
    }

    @Override
    public synchronized void handle(EventMessage<?> message, Segment segment) {
        LoggedEvent event = LoggedEvent.of(message);
        UnitOfWork<?> unit = CurrentUnitOfWork.get().root();
        try {
            Batch batch = unit.getResource(projection.name());
            if (batch == null) {
                batch = open(unit, event.position());
            }
            batch.add(event);
        } catch (SQLException failure) {
            throw new IllegalStateException("projection " + projection.name() + " could not be written", failure);
        }
    }

    private Batch open(UnitOfWork<?> unit, long first) throws SQLException {
        unit.onRollback(undone -> rolledBack(
                undone.getExecutionResult() == null
                        ? null
                        : undone.getExecutionResult().getExceptionResult()));
        Batch batch = new Batch(first - 1);
        unit.resources().put(projection.name(), batch);
        unit.onPrepareCommit(done -> batch.finish());
        unit.afterCommit(done -> error = null);
        return batch;
    }

    private synchronized void rolledBack(@Nullable Throwable cause) {
        projection.forget();
        parked.forget();
        Throwable root = cause;
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        error = root == null ? "unknown" : root.getClass().getName();
        LOG.warn("event=projection_batch_rolled_back projection={} cause={}", projection.name(), error);
    }

    /** The events of one transaction. */
    private final class Batch {
        private final Connection database;
        private final long after;
        private Fold fold;
        private long last;

        Batch(long after) throws SQLException {
            this.database = transaction.get();
            this.after = after;
            this.last = after;
            this.fold = projection.open(after, database);
        }

        void add(LoggedEvent event) throws SQLException {
            long position = event.position();
            if (parked.holds(database, event.sequenceKey())) {
                parked.parkBehind(event);
                fold.skip(event);
            } else if (failures.getOrDefault(position, 0) >= attempts) {
                Throwable cause = causes.getOrDefault(position, new IllegalStateException("cause not kept"));
                LOG.error(
                        "event=projection_event_parked projection={} position={} attempts={}",
                        projection.name(),
                        position,
                        attempts);
                parked.park(database, event, cause, attempts);
                fold.skip(event);
            } else if (position >= suspectFrom && position <= suspectTo) {
                addAlone(event);
            } else {
                fold(fold, event);
            }
            last = position;
        }

        private void fold(Fold into, LoggedEvent event) {
            try {
                into.on(event);
            } catch (RuntimeException failure) {
                if (Faults.aroundTheEvent(failure)) {
                    throw failure;
                }
                throw failed(event, failure);
            }
        }

        // Something in this stretch could not be written; written one by one, the event at fault shows itself.
        private void addAlone(LoggedEvent event) throws SQLException {
            fold.write(database);
            Fold alone = projection.open(last, database);
            fold(alone, event);
            Savepoint before = database.setSavepoint();
            try {
                alone.write(database);
                database.releaseSavepoint(before);
            } catch (SQLException | RuntimeException failure) {
                if (!Faults.ofData(failure)) {
                    throw failure;
                }
                throw failed(event, failure);
            }
            fold = projection.open(event.position(), database);
        }

        private FaultyEventException failed(LoggedEvent event, Throwable cause) {
            int count = failures.merge(event.position(), 1, Integer::sum);
            causes.put(event.position(), cause);
            LOG.warn(
                    "event=projection_event_failed projection={} position={} attempt={} cause={}",
                    projection.name(),
                    event.position(),
                    count,
                    cause.getClass().getName());
            return new FaultyEventException(projection.name(), event.position(), count, cause);
        }

        void finish() {
            synchronized (BatchingInvoker.this) {
                if (retired) {
                    throw new IllegalStateException("projection " + projection.name()
                            + " was stopped before its batch up to position " + last + " was written");
                }
                long first = suspectFrom;
                try {
                    fold.write(database);
                } catch (SQLException | RuntimeException failure) {
                    if (Faults.ofData(failure)) {
                        suspectFrom = Math.min(first, after + 1);
                        suspectTo = Math.max(suspectTo, last);
                    }
                    throw new IllegalStateException(
                            "projection " + projection.name() + " could not write its batch up to position " + last,
                            failure);
                }
                try {
                    parked.write(database);
                    progress();
                } catch (SQLException failure) {
                    throw new IllegalStateException(
                            "projection " + projection.name() + " could not write its progress up to position " + last,
                            failure);
                }
                failures.keySet().removeIf(position -> position <= last);
                causes.keySet().removeIf(position -> position <= last);
                if (last >= suspectTo) {
                    suspectFrom = Long.MAX_VALUE;
                    suspectTo = 0;
                }
            }
        }

        private void progress() throws SQLException {
            try (PreparedStatement upsert = database.prepareStatement("""
                    with moved as (
                        insert into projection_progress (name, segment, position) values (?, 0, ?)
                        on conflict (name, segment) do update set position = excluded.position, updated_at = now()
                        returning name)
                    select pg_notify(?, name) from moved""")) {
                upsert.setString(1, projection.name());
                upsert.setLong(2, last);
                upsert.setString(3, CHANNEL);
                upsert.execute();
            }
        }
    }
}
