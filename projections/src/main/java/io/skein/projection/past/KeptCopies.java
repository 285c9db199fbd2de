package io.skein.projection.past;

import io.skein.projection.engine.Generations;
import io.skein.projection.engine.Projection;
import io.skein.projection.engine.Sandbox;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies the live tables of each projection every so many events, and thins the copies out with age. Of several nodes one does it at a time. */
final class KeptCopies {
    private static final Logger LOG = LoggerFactory.getLogger(KeptCopies.class);
    /** Copying may take this part of the time at most: large tables are copied less often than asked for. */
    private static final int SHARE_OF_TIME = 20;

    private final Sandbox sandbox;
    private final PastSettings settings;
    private final Map<String, Long> notBeforeNanos = new HashMap<>();

    KeptCopies(Sandbox sandbox, PastSettings settings) {
        this.sandbox = sandbox;
        this.settings = settings;
    }

    private record Copy(long id, long position) {}

    /** The newest copy of the projection's present generation at or before the position. */
    static Optional<Sandbox.Base> before(Connection database, Projection projection, long position)
            throws SQLException {
        try (PreparedStatement select = database.prepareStatement("""
                select copy_id, position from kept_copy where projection = ? and generation = ? and shape = ? and position <= ?
                order by position desc limit 1""")) {
            select.setString(1, projection.name());
            select.setLong(2, Generations.of(database, projection.name()));
            select.setString(3, Sandbox.shape(database, projection));
            select.setLong(4, position);
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(new Sandbox.Base("kept_" + row.getLong(1), row.getLong(2)))
                        : Optional.empty();
            }
        }
    }

    /** Keeps a copy of the projection if it is time for one. */
    void tend(Projection projection) throws SQLException {
        if (projection.onlyGrows()) {
            return;
        }
        long now = System.nanoTime();
        Long notBefore = notBeforeNanos.get(projection.name());
        if (notBefore != null && now - notBefore < 0) {
            return;
        }
        boolean due = sandbox.inOneMoment(database -> isDue(database, projection));
        if (!due) {
            return;
        }
        OptionalLong kept = sandbox.inOneMoment(database -> tryLock(database, projection) && isDue(database, projection)
                ? keep(database, projection)
                : OptionalLong.empty());
        long took = System.nanoTime() - now;
        notBeforeNanos.put(projection.name(), System.nanoTime() + took * SHARE_OF_TIME);
        if (kept.isPresent()) {
            LOG.debug(
                    "event=copy_kept projection={} position={} millis={}",
                    projection.name(),
                    kept.getAsLong(),
                    took / 1_000_000);
            sandbox.inOneMoment(database -> {
                thinOut(database, projection, kept.getAsLong());
                return projection;
            });
        }
    }

    private boolean isDue(Connection database, Projection projection) throws SQLException {
        long position = Sandbox.position(database, projection.name());
        long newest = before(database, projection, Long.MAX_VALUE)
                .map(Sandbox.Base::position)
                .orElse(0L);
        return position - newest >= settings.copyEvery();
    }

    private static boolean tryLock(Connection database, Projection projection) throws SQLException {
        try (PreparedStatement lock = database.prepareStatement(
                "select pg_try_advisory_xact_lock(hashtext('skein kept copy'), hashtext(?))")) {
            lock.setString(1, projection.name());
            try (ResultSet row = lock.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private static OptionalLong keep(Connection database, Projection projection) throws SQLException {
        long id;
        try (PreparedStatement next =
                        database.prepareStatement("select nextval(pg_get_serial_sequence('kept_copy', 'copy_id'))");
                ResultSet row = next.executeQuery()) {
            row.next();
            id = row.getLong(1);
        }
        OptionalLong position = Sandbox.keep(database, "kept_" + id, projection);
        if (position.isPresent()) {
            try (PreparedStatement insert = database.prepareStatement("""
                    insert into kept_copy (copy_id, projection, generation, position, shape) overriding system value values (?, ?, ?, ?, ?)""")) {
                insert.setLong(1, id);
                insert.setString(2, projection.name());
                insert.setLong(3, Generations.of(database, projection.name()));
                insert.setLong(4, position.getAsLong());
                insert.setString(5, Sandbox.shape(database, projection));
                insert.executeUpdate();
            }
        }
        return position;
    }

    /** Drops what is of another generation or shape, and of the rest the copy that is missed least, until they are few enough. */
    private void thinOut(Connection database, Projection projection, long head) throws SQLException {
        List<Copy> copies = new ArrayList<>();
        try (PreparedStatement select = database.prepareStatement("""
                select copy_id, position, generation = ? and shape = ? from kept_copy where projection = ? order by position""")) {
            select.setLong(1, Generations.of(database, projection.name()));
            select.setString(2, Sandbox.shape(database, projection));
            select.setString(3, projection.name());
            try (ResultSet rows = select.executeQuery()) {
                List<Copy> outdated = new ArrayList<>();
                while (rows.next()) {
                    (rows.getBoolean(3) ? copies : outdated).add(new Copy(rows.getLong(1), rows.getLong(2)));
                }
                for (Copy copy : outdated) {
                    drop(database, copy);
                }
            }
        }
        while (copies.size() > settings.maxCopies()) {
            drop(
                    database,
                    copies.remove(
                            leastMissed(copies.stream().map(Copy::position).toList(), head)));
        }
    }

    /**
     * Which of the copies is missed least: the one without which the gap, measured against its age, is smallest. The newest is never it.
     *
     * @param positions ascending, two or more
     */
    static int leastMissed(List<Long> positions, long head) {
        int least = 0;
        double smallest = Double.MAX_VALUE;
        for (int i = 0; i < positions.size() - 1; i++) {
            long before = i == 0 ? 0 : positions.get(i - 1);
            double gap = positions.get(i + 1) - before;
            double missed = gap / (head - before + 1);
            if (missed < smallest) {
                smallest = missed;
                least = i;
            }
        }
        return least;
    }

    private static void drop(Connection database, Copy copy) throws SQLException {
        Sandbox.drop(database, "kept_" + copy.id());
        try (PreparedStatement delete = database.prepareStatement("delete from kept_copy where copy_id = ?")) {
            delete.setLong(1, copy.id());
            delete.executeUpdate();
        }
    }
}
