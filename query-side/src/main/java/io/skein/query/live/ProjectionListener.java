package io.skein.query.live;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears on a connection of its own which projections have committed a batch. Notifications only make things quicker: who listens also looks on a tick. */
final class ProjectionListener implements Runnable {
    static final String CHANNEL = "skein_projection";
    private static final Logger LOG = LoggerFactory.getLogger(ProjectionListener.class);
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(5);

    private final DataSource database;
    private final Consumer<String> onBatch;
    private final Runnable onConnected;
    private volatile boolean stopped;

    /**
     * @param database opens a connection a call; not a pool, whose connections must not be kept
     * @param onBatch gets the projection's name
     * @param onConnected called after each connecting, because what was notified before is lost
     */
    ProjectionListener(DataSource database, Consumer<String> onBatch, Runnable onConnected) {
        this.database = database;
        this.onBatch = onBatch;
        this.onConnected = onConnected;
    }

    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        int failures = 0;
        while (!stopped) {
            try (Connection connection = database.getConnection()) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("listen " + CHANNEL);
                }
                failures = 0;
                onConnected.run();
                hear(connection.unwrap(PGConnection.class));
            } catch (SQLException failure) {
                failures++;
                LOG.warn("event=projection_listener_lost failures={}", failures, failure);
                if (!pause(failures)) {
                    return;
                }
            }
        }
    }

    private void hear(PGConnection connection) throws SQLException {
        while (!stopped) {
            PGNotification @Nullable [] heard = connection.getNotifications((int) PATIENCE.toMillis());
            if (heard != null) {
                for (PGNotification notification : heard) {
                    onBatch.accept(notification.getParameter());
                }
            }
        }
    }

    private boolean pause(int failures) {
        long millis = Math.min(LONGEST_RETRY.toMillis(), 100L << Math.min(failures, 6));
        try {
            Thread.sleep(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
            return !stopped;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
