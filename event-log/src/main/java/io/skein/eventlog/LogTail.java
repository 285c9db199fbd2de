package io.skein.eventlog;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows how far the log reaches and wakes those who wait for more. The writer notifies channel {@value #CHANNEL} in the transaction that appends; one
 * connection listens for all readers of the process. A lost notification only delays: the head is read again every second.
 */
public final class LogTail implements AutoCloseable {
    public static final String CHANNEL = "skein_log";
    private static final int LISTEN_MILLIS = 1_000;
    private static final int RECONNECT_MILLIS = 500;
    private static final Logger LOG = LoggerFactory.getLogger(LogTail.class);

    private final DataSource dataSource;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition advanced = lock.newCondition();
    private final Set<Runnable> callbacks = ConcurrentHashMap.newKeySet();
    private final Thread listener;
    private volatile long head;
    private volatile boolean closed;

    /** Starts to listen; the head is 0 until the database has answered. */
    public LogTail(DataSource dataSource) {
        this.dataSource = dataSource;
        this.listener = Thread.ofPlatform().daemon().name("skein-log-tail").start(this::listen);
    }

    /** Newest position known here; the log may be further, for at most about a second. */
    public long head() {
        return head;
    }

    /** Tells readers of this process at once, ahead of the notification; for the writer in the same process. */
    public void advance(long position) {
        if (position <= head) {
            return;
        }
        lock.lock();
        try {
            if (position > head) {
                head = position;
                advanced.signalAll();
            }
        } finally {
            lock.unlock();
        }
        for (Runnable callback : callbacks) {
            try {
                callback.run();
            } catch (RuntimeException failure) {
                // What is in the log is in the log; neither the writer nor the other readers shall suffer.
                LOG.error("event=log_tail_callback_failed head={}", position, failure);
            }
        }
    }

    /** Waits until the log reaches beyond the position, at most so long. Whether it does. */
    public boolean awaitBeyond(long position, long timeout, TimeUnit unit) throws InterruptedException {
        return awaitBeyond(position, timeout, unit, () -> false);
    }

    /** The same, until {@code stopped} turns true; whoever makes it true calls {@link #wake}. */
    public boolean awaitBeyond(long position, long timeout, TimeUnit unit, BooleanSupplier stopped)
            throws InterruptedException {
        long left = unit.toNanos(timeout);
        if (head > position) {
            return true;
        }
        lock.lockInterruptibly();
        try {
            while (head <= position) {
                if (left <= 0 || closed || stopped.getAsBoolean()) {
                    return false;
                }
                left = advanced.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Lets those who wait look whether they still should. */
    public void wake() {
        lock.lock();
        try {
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether nobody is told any more. */
    public boolean isClosed() {
        return closed;
    }

    /** Runs on every advance, on the thread that saw it; must not block. */
    public void onAdvance(Runnable callback) {
        callbacks.add(callback);
    }

    public void removeOnAdvance(Runnable callback) {
        callbacks.remove(callback);
    }

    private void listen() {
        boolean complained = false;
        while (!closed) {
            try (Connection connection = dataSource.getConnection()) {
                connection.setAutoCommit(true);
                try (Statement statement = connection.createStatement()) {
                    statement.execute("listen " + CHANNEL);
                    advance(readHead(statement));
                    if (complained) {
                        LOG.info("event=log_tail_back head={}", head);
                        complained = false;
                    }
                    PGConnection postgres = connection.unwrap(PGConnection.class);
                    while (!closed) {
                        PGNotification[] notifications = postgres.getNotifications(LISTEN_MILLIS);
                        long reached = notifications == null || notifications.length == 0
                                ? readHead(statement)
                                : newest(notifications);
                        advance(reached);
                    }
                } finally {
                    unlisten(connection);
                }
            } catch (SQLException | RuntimeException failure) {
                if (!closed && !complained) {
                    LOG.warn("event=log_tail_lost action=retrying cause={}", failure.getMessage());
                    complained = true;
                }
                pause();
            }
        }
    }

    private void notifyListener() {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(true);
            statement.execute("notify " + CHANNEL + ", '0'");
        } catch (SQLException away) {
            LOG.debug("event=log_tail_not_woken cause={}", away.getMessage());
        }
    }

    private static void unlisten(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("unlisten *");
        } catch (SQLException gone) {
            LOG.debug("event=log_tail_unlisten_failed cause={}", gone.getMessage());
        }
    }

    private static long newest(PGNotification[] notifications) {
        long newest = 0;
        for (PGNotification notification : notifications) {
            newest = Math.max(newest, Long.parseLong(notification.getParameter()));
        }
        return newest;
    }

    private static long readHead(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery("select coalesce(max(position), 0) from event_log")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void pause() {
        try {
            Thread.sleep(RECONNECT_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops to listen and lets every waiting reader go. */
    @Override
    public void close() {
        closed = true;
        wake();
        // The listener waits in the driver, which hears no interrupt but a notification.
        Thread.ofVirtual().start(this::notifyListener);
        listener.interrupt();
        try {
            listener.join(TimeUnit.SECONDS.toMillis(3));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
