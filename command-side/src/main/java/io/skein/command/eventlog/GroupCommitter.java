package io.skein.command.eventlog;

import io.skein.eventlog.LogTail;
import io.skein.eventlog.LogUnavailableException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers the appends of many commands into few durable commits. One thread writes; while it commits, the next appends gather. Idle, an append is written at
 * once; busy, a commit waits at most {@link GroupCommitSettings#maxWait} for as many as the one before had.
 */
final class GroupCommitter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommitter.class);
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final long RECONNECT_MILLIS = 250;

    private final DataSource dataSource;
    private final GroupCommitSettings settings;
    private final LogTail tail;
    private final BlockingQueue<Append> queue = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean closing;
    private @Nullable LogWriter writer;
    private int lastAppends;

    GroupCommitter(DataSource dataSource, GroupCommitSettings settings, LogTail tail) {
        this.dataSource = dataSource;
        this.settings = settings;
        this.tail = tail;
        this.thread = Thread.ofPlatform().daemon().name("skein-log-writer").start(this::run);
    }

    /**
     * Waits until the events are durable.
     *
     * @return position of the first
     * @throws DuplicateEventException if one of the ids is in the log
     * @throws org.axonframework.modelling.command.ConcurrencyException if another event has one of the places
     * @throws LogUnavailableException if the database failed or took too long; then they may or may not have been written
     */
    long append(List<NewEvent> events) {
        if (closing) {
            throw new LogUnavailableException("the log is being closed", new IllegalStateException("closing"));
        }
        Append append = new Append(events);
        queue.add(append);
        if (!thread.isAlive()) {
            // Closed in between; nobody would come for it.
            failWaiting();
        }
        try {
            try {
                return append.firstPosition.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException tooLong) {
                if (append.claim()) {
                    throw new LogUnavailableException(
                            "the append waited " + settings.timeout() + " and was given up", tooLong);
                }
                // It is being written; its outcome is near.
                return append.firstPosition.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof RuntimeException refused
                    ? refused
                    : new LogUnavailableException("the append failed", failure);
        } catch (TimeoutException stuck) {
            throw new LogUnavailableException("the commit takes longer than " + settings.timeout(), stuck);
        } catch (InterruptedException interrupted) {
            append.claim();
            Thread.currentThread().interrupt();
            throw new LogUnavailableException("interrupted while waiting for the commit", interrupted);
        }
    }

    /** Appends that wait to be written. */
    int waiting() {
        return queue.size();
    }

    private void run() {
        List<Append> batch = new ArrayList<>();
        while (!closing || !queue.isEmpty()) {
            try {
                Append first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    gather(first, batch);
                    write(batch);
                }
            } catch (InterruptedException interrupted) {
                closing = true;
            } finally {
                batch.clear();
            }
        }
        disconnect();
        failWaiting();
    }

    private void failWaiting() {
        for (Append append = queue.poll(); append != null; append = queue.poll()) {
            append.firstPosition.completeExceptionally(new LogUnavailableException(
                    "the log is being closed; the append was not written", new IllegalStateException("closing")));
        }
    }

    private void gather(Append first, List<Append> batch) {
        int expected = lastAppends / 2;
        if (queue.size() + 1 < expected) {
            long deadline = System.nanoTime() + settings.maxWait().toNanos();
            while (queue.size() + 1 < expected && System.nanoTime() < deadline) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        int events = 0;
        Append next = first;
        while (next != null) {
            if (next.claim()) {
                batch.add(next);
                events += next.events.size();
            }
            next = events < settings.maxEvents() ? queue.poll() : null;
        }
        lastAppends = batch.size();
    }

    private void write(List<Append> batch) {
        List<Append> left = batch;
        while (!left.isEmpty()) {
            try {
                LogWriter connected = connected();
                try {
                    promise(left, connected.write(left));
                    return;
                } catch (LogWriter.CollisionException collision) {
                    left = refuseColliding(left, connected.collisions(left));
                }
            } catch (SQLException failure) {
                if (isOfTheData(failure)) {
                    writeSingly(left, failure);
                } else {
                    fail(left, failure);
                }
                return;
            } catch (RuntimeException failure) {
                fail(left, failure);
                return;
            }
        }
    }

    /** What the database will never take: a value out of range, a broken check, a key too long for its index. */
    private static boolean isOfTheData(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && (state.startsWith("22") || state.startsWith("23") || state.startsWith("54"));
    }

    /** The one at fault is told so; the others shall not suffer. */
    private void writeSingly(List<Append> appends, SQLException failure) {
        if (appends.size() > 1) {
            appends.forEach(append -> write(List.of(append)));
            return;
        }
        LOG.error("event=log_append_refused appends=1 sqlstate={}", failure.getSQLState());
        appends.getFirst()
                .firstPosition
                .completeExceptionally(new EventStoreException(
                        "the log cannot hold what was to be appended (" + failure.getSQLState() + ")", failure));
    }

    private void fail(List<Append> left, Exception failure) {
        LOG.error(
                "event=log_append_failed appends={} action=check_postgresql cause={}",
                left.size(),
                failure.getMessage());
        disconnect();
        for (Append append : left) {
            append.firstPosition.completeExceptionally(
                    new LogUnavailableException("the log could not be written", failure));
        }
        pause();
    }

    private void promise(List<Append> written, long firstPosition) {
        long position = firstPosition;
        for (Append append : written) {
            position += append.events.size();
        }
        // Readers of this process first: their work overlaps with that of the waiting commands.
        tail.advance(position - 1);
        position = firstPosition;
        for (Append append : written) {
            append.firstPosition.complete(position);
            position += append.events.size();
        }
    }

    private static List<Append> refuseColliding(List<Append> appends, Map<Append, RuntimeException> collisions) {
        List<Append> left = new ArrayList<>(appends.size());
        for (Append append : appends) {
            RuntimeException collision = collisions.get(append);
            if (collision == null) {
                left.add(append);
            } else {
                append.firstPosition.completeExceptionally(collision);
            }
        }
        if (left.size() == appends.size()) {
            throw new IllegalStateException("the log refused a batch of " + appends.size()
                    + " appends as colliding, but none of them collides");
        }
        return left;
    }

    private LogWriter connected() throws SQLException {
        LogWriter current = writer;
        if (current == null) {
            current =
                    new LogWriter(dataSource.getConnection(), settings.timeout().dividedBy(2));
            writer = current;
        }
        return current;
    }

    private void disconnect() {
        LogWriter current = writer;
        writer = null;
        if (current != null) {
            try {
                current.close();
            } catch (IllegalStateException gone) {
                LOG.debug("event=log_connection_gone cause={}", gone.getMessage());
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(RECONNECT_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes what waits, then stops. */
    @Override
    public void close() {
        closing = true;
        try {
            thread.join(settings.timeout().toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
