package io.skein.projection.evidence;

import io.skein.eventlog.tree.EvidenceFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the whole log again and again, at a bounded rate, and cries when it is not what it was. A finding stays until a whole pass finds nothing. */
public final class SelfCheck implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SelfCheck.class);

    private final SelfCheckSettings settings;
    private final DataSource dataSource;
    private volatile @Nullable Thread thread;
    private volatile boolean running;
    private volatile @Nullable Tampering tampering;
    private volatile long checked;
    private volatile long passes;

    public SelfCheck(SelfCheckSettings settings, DataSource dataSource) {
        this.settings = settings;
        this.dataSource = dataSource;
    }

    public void start() {
        if (settings.eventsPerSecond() > 0) {
            running = true;
            thread = Thread.ofPlatform().daemon().name("skein-self-check").start(this::run);
        }
    }

    /** What is wrong; empty where nothing is known to be. */
    public Optional<Tampering> tampering() {
        return Optional.ofNullable(tampering);
    }

    /** Every event up to here was compared in the pass under way. */
    public long checked() {
        return checked;
    }

    /** Passes over the whole log that found nothing. */
    public long passes() {
        return passes;
    }

    private void run() {
        while (running) {
            try {
                pass();
            } catch (SQLException | IOException | RuntimeException failure) {
                if (running) {
                    LOG.warn(
                            "event=self_check_interrupted position={} action=retrying cause={}",
                            checked,
                            failure.toString());
                }
            }
            sleep(settings.pause());
        }
    }

    private void pass() throws SQLException, IOException {
        Optional<Tampering> found = check();
        if (!running) {
            return;
        }
        if (found.isPresent()) {
            cry(found.get());
        } else {
            passes++;
            if (tampering != null) {
                LOG.info("event=tampering_gone position={}", checked);
            }
            tampering = null;
        }
    }

    /**
     * One pass over the whole log, on the calling thread.
     *
     * @return the first thing wrong
     */
    public Optional<Tampering> check() throws SQLException, IOException {
        EvidenceFolder trusted =
                settings.trustedFolder().isBlank() ? null : new EvidenceFolder(Path.of(settings.trustedFolder()));
        checked = 0;
        try (Connection database = dataSource.getConnection()) {
            database.setAutoCommit(false);
            try {
                return new LogCheck(database, trusted, this::compared).run();
            } finally {
                database.rollback();
                database.setAutoCommit(true);
            }
        }
    }

    private void cry(Tampering found) {
        if (!found.equals(tampering)) {
            LOG.error("event=tampering_found position={} what=\"{}\"", found.position(), found.what());
        }
        tampering = found;
    }

    private boolean compared(long position, int events) {
        checked = position;
        if (thread == null) {
            return true;
        }
        sleep(Duration.ofNanos(events * 1_000_000_000L / settings.eventsPerSecond()));
        return running;
    }

    private void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            running = false;
        }
    }

    @Override
    public void close() {
        running = false;
        Thread checking = thread;
        if (checking != null) {
            checking.interrupt();
            try {
                checking.join(Duration.ofSeconds(10));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
