package io.skein.projection.evidence;

import io.skein.eventlog.LogTail;
import io.skein.eventlog.tree.Hashes;
import io.skein.eventlog.tree.StoredEvents;
import io.skein.eventlog.tree.StoredTiles;
import io.skein.eventlog.tree.TileBuilder;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Grows the Merkle tree with the log. It is no processor of the framework, as it needs the stored bytes of each row and must not pass over any. Tiles and progress
 * are written in one transaction; one node at a time, whichever has the lock.
 */
public final class TreeFollower implements AutoCloseable {
    /** Its name in {@code projection_progress}. */
    public static final String NAME = "tree";

    private static final Logger LOG = LoggerFactory.getLogger(TreeFollower.class);
    /** Any number will do; all nodes must use the same. */
    private static final long ADVISORY_LOCK = 0x536B_5472_6565_0001L;

    private static final int PORTION = 5_000;
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(2);

    private final DataSource dataSource;
    private final LogTail tail;
    private @Nullable TileBuilder builder;
    private volatile @Nullable Thread thread;
    private volatile boolean running;
    private volatile String trouble = "";

    public TreeFollower(DataSource dataSource, LogTail tail) {
        this.dataSource = dataSource;
        this.tail = tail;
    }

    public void start() {
        running = true;
        thread = Thread.ofPlatform().daemon().name("skein-tree").start(this::run);
    }

    /** What keeps it from going on; empty where nothing does. */
    public String trouble() {
        return trouble;
    }

    private void run() {
        long size = 0;
        while (running) {
            try {
                size = grow();
                trouble = "";
                if (tail.head() <= size) {
                    tail.awaitBeyond(size, 1, TimeUnit.SECONDS);
                    // What comes one by one is taken together.
                    Thread.sleep(PAUSE);
                }
            } catch (SQLException | RuntimeException failure) {
                builder = null;
                if (running && trouble.isEmpty()) {
                    LOG.error("event=tree_interrupted size={} action=retrying cause={}", size, failure.toString());
                }
                trouble = failure.toString();
                pause();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE_AFTER_FAILURE);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            running = false;
        }
    }

    /** Takes the next portion. The size of the tree after it. */
    private long grow() throws SQLException {
        try (Connection database = dataSource.getConnection()) {
            database.setAutoCommit(false);
            try {
                long size = size(database);
                if (!isMine(database)) {
                    builder = null;
                    database.rollback();
                    return Math.max(size, tail.head());
                }
                TileBuilder growing = builder;
                if (growing == null || growing.size() != size) {
                    growing = new TileBuilder(size, new StoredTiles(database));
                    builder = growing;
                }
                take(database, growing, size);
                if (growing.size() > size) {
                    write(database, growing.changed());
                    progress(database, growing.size());
                }
                database.commit();
                return growing.size();
            } catch (SQLException | RuntimeException failure) {
                builder = null;
                database.rollback();
                throw failure;
            } finally {
                database.setAutoCommit(true);
            }
        }
    }

    private static void take(Connection database, TileBuilder growing, long size) throws SQLException {
        Hashes hashes = new Hashes();
        StoredEvents.between(database, size, size + PORTION, event -> {
            if (event.position() != growing.size() + 1) {
                throw new IllegalStateException("event_log has position " + event.position() + " after "
                        + growing.size() + "; expected " + (growing.size() + 1));
            }
            growing.add(hashes.leaf(event.leaf()));
            return true;
        });
    }

    private static boolean isMine(Connection database) throws SQLException {
        try (Statement statement = database.createStatement();
                ResultSet rows = statement.executeQuery("select pg_try_advisory_xact_lock(" + ADVISORY_LOCK + ")")) {
            rows.next();
            return rows.getBoolean(1);
        }
    }

    static long size(Connection database) throws SQLException {
        try (PreparedStatement select =
                database.prepareStatement("select position from projection_progress where name = ? and segment = 0")) {
            select.setString(1, NAME);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? rows.getLong(1) : 0;
            }
        }
    }

    private static void write(Connection database, List<TileBuilder.Tile> tiles) throws SQLException {
        try (PreparedStatement upsert = database.prepareStatement(
                "insert into tree_tile (level, tile, hashes) values (?, ?, ?) on conflict (level, tile) do update set hashes = excluded.hashes")) {
            for (TileBuilder.Tile tile : tiles) {
                upsert.setInt(1, tile.level());
                upsert.setLong(2, tile.index());
                upsert.setBytes(3, tile.hashes());
                upsert.addBatch();
            }
            upsert.executeBatch();
        }
    }

    private static void progress(Connection database, long size) throws SQLException {
        try (PreparedStatement upsert = database.prepareStatement(
                "insert into projection_progress (name, segment, position) values (?, 0, ?) on conflict (name, segment) do update set position = excluded.position, updated_at = now()")) {
            upsert.setString(1, NAME);
            upsert.setLong(2, size);
            upsert.executeUpdate();
        }
    }

    @Override
    public void close() {
        running = false;
        Thread growing = thread;
        if (growing != null) {
            growing.interrupt();
            try {
                growing.join(Duration.ofSeconds(10));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
