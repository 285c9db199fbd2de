package io.skein.projection.engine;

import io.skein.eventlog.LogPages;
import io.skein.eventlog.LogReader;
import io.skein.eventlog.LogRow;
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
import java.util.Set;
import java.util.function.LongPredicate;
import javax.sql.DataSource;
import org.axonframework.eventhandling.TrackedEventMessage;

/**
 * Runs projections over a stretch of the log in a schema of their own: the same code on the same events, and nobody hears of it. Nothing is
 * notified, no token moves, and what detectors propose stays in the schema's own {@code proposed_command}.
 */
public final class Sandbox {
    /** A state of one projection's tables that is kept in a schema. */
    public record Base(String schema, long position) {
        /** The live tables, wherever they stand when they are copied. */
        public static final Base LIVE = new Base(SandboxSchemas.LIVE, -1);
    }

    private static final int EVENTS_OF_A_BATCH = 2_000;
    private static final int ATTEMPTS = 10;
    /** Could not serialize; deadlock. */
    private static final Set<String> IN_THE_WAY = Set.of("40001", "40P01");

    private final DataSource dataSource;
    private final LogPages pages;
    private final LogReader reader;

    public Sandbox(DataSource dataSource, LogPages pages, LogReader reader) {
        this.dataSource = dataSource;
        this.pages = pages;
        this.reader = reader;
    }

    /** What is done in one transaction. */
    public interface Work<T> {
        T in(Connection database) throws SQLException;
    }

    /**
     * Does it in one transaction, at repeatable read: what it reads is of one moment. Where another transaction was in its way it is done again, so it
     * must do nothing outside the database that doing twice would harm.
     */
    public <T> T inOneMoment(Work<T> work) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(work);
            } catch (SQLException failure) {
                if (attempt == ATTEMPTS || !IN_THE_WAY.contains(String.valueOf(failure.getSQLState()))) {
                    throw failure;
                }
            }
        }
    }

    private <T> T once(Work<T> work) throws SQLException {
        try (Connection database = dataSource.getConnection()) {
            boolean autoCommit = database.getAutoCommit();
            int isolation = database.getTransactionIsolation();
            database.setAutoCommit(false);
            database.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try {
                T done = work.in(database);
                database.commit();
                return done;
            } catch (SQLException | RuntimeException failure) {
                database.rollback();
                throw failure;
            } finally {
                database.setTransactionIsolation(isolation);
                database.setAutoCommit(autoCommit);
            }
        }
    }

    /** Where the projection stands in the live schema; 0 where it has never run. */
    public static long position(Connection database, String projection) throws SQLException {
        return position(database, SandboxSchemas.LIVE, projection);
    }

    /** Where the projection stands in a schema. */
    public static long position(Connection database, String schema, String projection) throws SQLException {
        try (PreparedStatement select = database.prepareStatement(
                "select coalesce(min(position), 0) from " + schema + ".projection_progress where name = ?")) {
            select.setString(1, projection);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    public static void drop(Connection database, String schema) throws SQLException {
        SandboxSchemas.drop(database, schema);
    }

    /** Digest of what the projection's tables look like now: rows of another shape cannot be taken over. */
    public static String shape(Connection database, Projection projection) throws SQLException {
        return SandboxSchemas.shape(database, projection);
    }

    /**
     * Copies what the live tables of the projection say now into a schema that is made for it.
     *
     * @return the position, or nothing where the projection is at the beginning
     */
    public static OptionalLong keep(Connection database, String schema, Projection projection) throws SQLException {
        long position = position(database, projection.name());
        if (position == 0) {
            return OptionalLong.empty();
        }
        SandboxSchemas.keep(database, schema, projection);
        copyCheckpoints(database, SandboxSchemas.LIVE, schema, projection.name(), position);
        return OptionalLong.of(position);
    }

    /**
     * Makes the schema with the tables of the projections, each as its base says, or empty where it has none. Events that the live projection has
     * parked are parked here too.
     *
     * @param upTo none of them may stand beyond
     * @param unlogged whether a crash may take it
     * @return whether it was made; not, where the live tables were to be the base and are beyond already
     */
    public boolean open(String schema, Map<Projection, Optional<Base>> bases, long upTo, boolean unlogged)
            throws SQLException {
        return inOneMoment(database -> {
            for (Map.Entry<Projection, Optional<Base>> one : bases.entrySet()) {
                if (one.getValue().equals(Optional.of(Base.LIVE))
                        && position(database, one.getKey().name()) > upTo) {
                    return false;
                }
            }
            SandboxSchemas.create(database, schema, unlogged);
            for (Map.Entry<Projection, Optional<Base>> one : bases.entrySet()) {
                Projection projection = one.getKey();
                SandboxSchemas.tables(database, schema, projection, unlogged);
                Base base = one.getValue().orElse(null);
                if (base != null) {
                    long position = base.equals(Base.LIVE) ? position(database, projection.name()) : base.position();
                    SandboxSchemas.copyRows(database, base.schema(), schema, projection);
                    copyCheckpoints(database, base.schema(), schema, projection.name(), position);
                    progress(database, schema, projection.name(), position);
                }
                copyParked(database, schema, projection.name());
            }
            return true;
        });
    }

    /** Lets the planner know the tables of the schema. */
    public void analyze(String schema, Projection projection) throws SQLException {
        for (String table : projection.tables()) {
            inOneTransaction(database -> {
                SandboxSchemas.execute(database, "analyze " + schema + "." + table);
                return table;
            });
        }
    }

    /** Makes a schema in which the tables of a projection that only grows are seen up to the position. */
    public void openGrowing(String schema, Projection projection, long position) throws SQLException {
        inOneMoment(database -> {
            SandboxSchemas.create(database, schema, true);
            SandboxSchemas.viewOfGrowing(database, schema, projection, position);
            progress(database, schema, projection.name(), position);
            return schema;
        });
    }

    private static void copyCheckpoints(Connection database, String from, String to, String projection, long position)
            throws SQLException {
        try (PreparedStatement copy = database.prepareStatement("insert into " + to
                + ".projection_checkpoint (name, position, version, state) select name, position, version, state from "
                + from
                + ".projection_checkpoint where (name = ? or starts_with(name, ?)) and position <= ?")) {
            copy.setString(1, projection);
            copy.setString(2, projection + "/");
            copy.setLong(3, position);
            copy.executeUpdate();
        }
    }

    private static void copyParked(Connection database, String schema, String projection) throws SQLException {
        try (PreparedStatement copy = database.prepareStatement("insert into " + schema
                + ".projection_dead_letter select * from public.projection_dead_letter where projection = ?")) {
            copy.setString(1, projection);
            copy.executeUpdate();
        }
    }

    private static void progress(Connection database, String schema, String projection, long position)
            throws SQLException {
        try (PreparedStatement upsert = database.prepareStatement("insert into " + schema
                + ".projection_progress (name, segment, position) values (?, 0, ?)"
                + " on conflict (name, segment) do update set position = excluded.position, updated_at = now()")) {
            upsert.setString(1, projection);
            upsert.setLong(2, position);
            upsert.executeUpdate();
        }
    }

    /**
     * Gives the projections the events behind where each stands in the schema, up to a position.
     *
     * @param projections new ones, that remember nothing of the live tables
     * @param reached is told after each batch how far it is; false stops the run
     * @return whether it got to the end
     * @throws RuntimeException if an event cannot be taken that the live projection has taken
     */
    public boolean run(String schema, List<Projection> projections, long upTo, LongPredicate reached)
            throws SQLException {
        Map<String, Long> standing = new HashMap<>();
        Map<String, Set<Long>> parked = new HashMap<>();
        inOneMoment(database -> {
            SandboxSchemas.enter(database, schema);
            for (Projection projection : projections) {
                long position = position(database, schema, projection.name());
                standing.put(projection.name(), position);
                parked.put(projection.name(), ParkedEvents.positions(database, projection.name(), position));
            }
            return schema;
        });
        long read = standing.values().stream().mapToLong(Long::longValue).min().orElse(upTo);
        while (read < upTo) {
            List<LogRow> rows = pages.after(read, (int) Math.min(EVENTS_OF_A_BATCH, upTo - read));
            if (rows.isEmpty()) {
                throw new IllegalStateException("the log ends at position " + read + "; expected it to reach " + upTo);
            }
            List<LoggedEvent> events = new ArrayList<>(rows.size());
            for (TrackedEventMessage<?> message : reader.messages(rows)) {
                events.add(LoggedEvent.of(message));
            }
            read = rows.getLast().position();
            long last = read;
            inOneTransaction(database -> {
                SandboxSchemas.enter(database, schema);
                for (Projection projection : projections) {
                    long from = standing.getOrDefault(projection.name(), 0L);
                    if (from < last) {
                        take(database, projection, events, from, parked.getOrDefault(projection.name(), Set.of()));
                        progress(database, schema, projection.name(), last);
                        standing.put(projection.name(), last);
                    }
                }
                return last;
            });
            if (!reached.test(read)) {
                return read >= upTo;
            }
        }
        return true;
    }

    private static void take(
            Connection database, Projection projection, List<LoggedEvent> events, long after, Set<Long> parked)
            throws SQLException {
        Fold fold = projection.open(after, database);
        for (LoggedEvent event : events) {
            if (event.position() <= after) {
                continue;
            }
            if (parked.contains(event.position())) {
                fold.skip(event);
            } else {
                fold.on(event);
            }
        }
        fold.write(database);
    }

    private <T> T inOneTransaction(Work<T> work) throws SQLException {
        try (Connection database = dataSource.getConnection()) {
            boolean autoCommit = database.getAutoCommit();
            database.setAutoCommit(false);
            try {
                T done = work.in(database);
                database.commit();
                return done;
            } catch (SQLException | RuntimeException failure) {
                database.rollback();
                throw failure;
            } finally {
                database.setAutoCommit(autoCommit);
            }
        }
    }
}
