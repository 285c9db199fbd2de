package io.skein.projection.past;

import io.skein.projection.engine.Generations;
import io.skein.projection.engine.Projection;
import io.skein.projection.engine.Sandbox;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the views of the past that query-side asks for through {@code past_request}, keeps those asked for lately, and tends the copies they are made
 * from. Works beside the projections, on its own instances of them; several nodes share the work.
 */
public final class PastViews implements AutoCloseable {
    /** Heard whenever a request was written. */
    static final String CHANNEL = "skein_past";

    private static final Logger LOG = LoggerFactory.getLogger(PastViews.class);
    private static final int TICK_MILLIS = 1_000;
    private static final Duration SILENCE = Duration.ofSeconds(30);
    private static final long SWEEP_EVERY_TICKS = 60;

    private final Supplier<List<Projection>> projections;
    private final Sandbox sandbox;
    private final DataSource dataSource;
    private final PastSettings settings;
    private final KeptCopies copies;
    private final List<Thread> threads;
    private final ExecutorService makers;
    private volatile boolean closed;

    /** @param projections gives new instances, that remember nothing */
    public PastViews(
            Supplier<List<Projection>> projections, Sandbox sandbox, DataSource dataSource, PastSettings settings) {
        this.projections = projections;
        this.sandbox = sandbox;
        this.dataSource = dataSource;
        this.settings = settings;
        this.copies = new KeptCopies(sandbox, settings);
        this.makers = Executors.newFixedThreadPool(
                settings.makers(),
                Thread.ofPlatform().daemon().name("skein-past-maker-", 0).factory());
        this.threads = List.of(
                Thread.ofPlatform().daemon().name("skein-past").unstarted(() -> repeat(this::serve)),
                Thread.ofPlatform().daemon().name("skein-past-keeper").unstarted(() -> repeat(this::tend)));
    }

    public void start() {
        threads.forEach(Thread::start);
    }

    private interface Work {
        void run() throws SQLException, InterruptedException;
    }

    /** Trouble with the database is waited out. */
    private void repeat(Work work) {
        @Nullable String complained = null;
        while (!closed) {
            try {
                work.run();
                complained = null;
            } catch (InterruptedException stopped) {
                return;
            } catch (SQLException | RuntimeException failure) {
                String cause = failure.getClass().getName();
                if (!closed && !cause.equals(complained)) {
                    LOG.warn("event=past_waits action=retrying cause=\"{}\"", failure.toString());
                    complained = cause;
                }
                try {
                    Thread.sleep(TICK_MILLIS);
                } catch (InterruptedException stopped) {
                    return;
                }
            }
        }
    }

    // ---- what is asked for ----

    private void serve() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(true);
            try (Statement statement = connection.createStatement()) {
                statement.execute("listen " + CHANNEL);
                PGConnection postgres = connection.unwrap(PGConnection.class);
                while (!closed) {
                    takeRequests();
                    postgres.getNotifications(TICK_MILLIS);
                }
            } finally {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("unlisten " + CHANNEL);
                }
            }
        }
    }

    private record Asked(String projection, long position) {}

    private record View(Projection projection, long position, long id) {
        String schema() {
            return "past_" + id;
        }
    }

    /** Takes what was asked for since; what is being made or there already only becomes younger. */
    private void takeRequests() throws SQLException {
        List<Asked> asked = new ArrayList<>();
        List<View> mine = new ArrayList<>();
        sandbox.inOneMoment(database -> {
            asked.clear();
            try (Statement statement = database.createStatement();
                    ResultSet rows = statement.executeQuery("""
                            with taken as (
                                delete from past_request where request_id in (
                                    select request_id from past_request order by request_id limit 1000 for update skip locked)
                                returning projection, position)
                            select distinct projection, position from taken order by 1, 2""")) {
                while (rows.next()) {
                    asked.add(new Asked(rows.getString(1), rows.getLong(2)));
                }
            }
            return asked;
        });
        for (Asked one : asked) {
            Optional<Projection> projection = projections.get().stream()
                    .filter(known -> known.name().equals(one.projection()))
                    .findFirst();
            if (projection.isEmpty()) {
                LOG.warn("event=past_of_unknown_projection projection={}", one.projection());
                continue;
            }
            claim(projection.get(), one.position()).ifPresent(mine::add);
        }
        mine.forEach(view -> makers.execute(() -> make(view)));
    }

    private Optional<View> claim(Projection projection, long position) throws SQLException {
        return sandbox.inOneMoment(database -> {
            long generation = Generations.of(database, projection.name());
            try (PreparedStatement touch = database.prepareStatement("""
                    update past_view set asked_at = now() where projection = ? and position = ? and generation = ?
                        and (state = 'ready' or (state = 'making' and told_at > now() - make_interval(secs => ?)))""")) {
                touch.setString(1, projection.name());
                touch.setLong(2, position);
                touch.setLong(3, generation);
                touch.setLong(4, SILENCE.toSeconds());
                if (touch.executeUpdate() > 0) {
                    return Optional.empty();
                }
            }
            dropViews(database, "projection = ? and position = ?", projection.name(), position);
            try (PreparedStatement insert = database.prepareStatement("""
                    insert into past_view (projection, position, generation, view_id, state)
                    values (?, ?, ?, nextval('past_view_id'), 'making') on conflict do nothing returning view_id""")) {
                insert.setString(1, projection.name());
                insert.setLong(2, position);
                insert.setLong(3, generation);
                try (ResultSet row = insert.executeQuery()) {
                    return row.next() ? Optional.of(new View(projection, position, row.getLong(1))) : Optional.empty();
                }
            }
        });
    }

    private static void dropViews(Connection database, String which, Object... parameters) throws SQLException {
        List<Long> ids = new ArrayList<>();
        try (PreparedStatement delete =
                database.prepareStatement("delete from past_view where " + which + " returning view_id")) {
            for (int i = 0; i < parameters.length; i++) {
                delete.setObject(i + 1, parameters[i]);
            }
            try (ResultSet rows = delete.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getLong(1));
                }
            }
        }
        for (long id : ids) {
            Sandbox.drop(database, "past_" + id);
        }
    }

    private void make(View view) {
        try {
            if (view.projection().onlyGrows()) {
                awaitLive(view);
                sandbox.openGrowing(view.schema(), view.projection(), view.position());
            } else {
                open(view);
                boolean made = sandbox.run(
                        view.schema(),
                        List.of(view.projection()),
                        view.position(),
                        reached -> tell(view, "making", reached, null));
                if (!made) {
                    return;
                }
                sandbox.analyze(view.schema(), view.projection());
            }
            tell(view, "ready", view.position(), null);
            LOG.debug(
                    "event=past_view_ready projection={} position={}",
                    view.projection().name(),
                    view.position());
        } catch (SQLException | RuntimeException failure) {
            if (closed) {
                return;
            }
            LOG.warn(
                    "event=past_view_failed projection={} position={}",
                    view.projection().name(),
                    view.position(),
                    failure);
            tell(view, "failed", 0, failure.getClass().getName());
        }
    }

    /** Opens it on the nearest state at or before the position: a view that is there, a kept copy, the live tables, or nothing. */
    private void open(View view) throws SQLException {
        Optional<Sandbox.Base> live = sandbox.inOneMoment(database -> {
            long position = Sandbox.position(database, view.projection().name());
            return position > 0 && position <= view.position() ? Optional.of(Sandbox.Base.LIVE) : Optional.empty();
        });
        if (live.isPresent() && opened(view, live)) {
            return;
        }
        Optional<Sandbox.Base> base = sandbox.inOneMoment(database -> {
            Optional<Sandbox.Base> copy = KeptCopies.before(database, view.projection(), view.position());
            Optional<Sandbox.Base> other = readyBefore(database, view);
            long reached = copy.map(Sandbox.Base::position).orElse(0L);
            return other.filter(nearer -> nearer.position() > reached).or(() -> copy);
        });
        try {
            opened(view, base);
        } catch (SQLException gone) {
            // What it was to be made from may have been dropped meanwhile.
            LOG.debug("event=past_base_gone projection={}", view.projection().name(), gone);
            opened(
                    view,
                    sandbox.inOneMoment(database -> KeptCopies.before(database, view.projection(), view.position())));
        }
    }

    private boolean opened(View view, Optional<Sandbox.Base> base) throws SQLException {
        if (!sandbox.open(view.schema(), Map.of(view.projection(), base), view.position(), true)) {
            return false;
        }
        sandbox.inOneMoment(database -> {
            try (PreparedStatement update = database.prepareStatement(
                    "update past_view set base = ?, reached = ?, told_at = now() where view_id = ?")) {
                long from = Sandbox.position(
                        database, view.schema(), view.projection().name());
                update.setLong(1, from);
                update.setLong(2, from);
                update.setLong(3, view.id());
                return update.executeUpdate();
            }
        });
        return true;
    }

    private static Optional<Sandbox.Base> readyBefore(Connection database, View view) throws SQLException {
        try (PreparedStatement select = database.prepareStatement("""
                select view_id, position from past_view where projection = ? and generation = ? and state = 'ready' and position <= ?
                order by position desc limit 1""")) {
            select.setString(1, view.projection().name());
            select.setLong(2, Generations.of(database, view.projection().name()));
            select.setLong(3, view.position());
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(new Sandbox.Base("past_" + row.getLong(1), row.getLong(2)))
                        : Optional.empty();
            }
        }
    }

    private void awaitLive(View view) throws SQLException {
        long deadline = System.nanoTime() + SILENCE.toNanos();
        while (sandbox.inOneMoment(
                        database -> Sandbox.position(database, view.projection().name()))
                < view.position()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(
                        "projection " + view.projection().name() + " did not reach position " + view.position()
                                + " within " + SILENCE.toSeconds() + " s");
            }
            try {
                Thread.sleep(50);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("stopped", stopped);
            }
        }
    }

    /** Whether the view is still wanted. */
    private boolean tell(View view, String state, long reached, @Nullable String detail) {
        if (closed) {
            return false;
        }
        try {
            return sandbox.inOneMoment(database -> {
                try (PreparedStatement update = database.prepareStatement("""
                        update past_view set state = ?, reached = ?, detail = ?, told_at = now() where view_id = ?""")) {
                    update.setString(1, state);
                    update.setLong(2, reached);
                    update.setString(3, detail);
                    update.setLong(4, view.id());
                    return update.executeUpdate() > 0;
                }
            });
        } catch (SQLException failure) {
            throw new IllegalStateException("the state of view " + view.id() + " could not be written", failure);
        }
    }

    // ---- what is kept ----

    private long ticks;

    private void tend() throws SQLException, InterruptedException {
        if (ticks % SWEEP_EVERY_TICKS == 0) {
            sweep();
        }
        ticks++;
        boolean more = sandbox.inOneMoment(LogClock::advance);
        keepDue();
        evict();
        if (!more) {
            Thread.sleep(TICK_MILLIS);
        }
    }

    /** Keeps a copy of every projection for which it is time. */
    public void keepDue() throws SQLException {
        for (Projection projection : projections.get()) {
            if (!closed) {
                copies.tend(projection);
            }
        }
    }

    /** Lets the views go that were asked for longest ago, and those of an earlier generation. */
    private void evict() throws SQLException {
        List<Long> ids = sandbox.inOneMoment(database -> {
            List<Long> found = new ArrayList<>();
            try (PreparedStatement select = database.prepareStatement("""
                    select view_id from (
                        select v.view_id, v.state, v.told_at, v.generation <> coalesce(g.generation, 0) as outdated,
                               row_number() over (order by v.asked_at desc, v.view_id desc) as age
                        from past_view v left join projection_generation g on g.name = v.projection) v
                    where (state <> 'making' or told_at < now() - make_interval(secs => ?)) and (age > ? or outdated)""")) {
                select.setLong(1, SILENCE.toSeconds());
                select.setInt(2, settings.maxViews());
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        found.add(rows.getLong(1));
                    }
                }
            }
            return found;
        });
        for (long id : ids) {
            sandbox.inOneMoment(database -> {
                // Somebody may be reading it; then it goes the next time.
                try (Statement statement = database.createStatement()) {
                    statement.execute("set local lock_timeout = '200ms'");
                }
                dropViews(database, "view_id = ?", id);
                return id;
            });
        }
    }

    /** Drops schemas that nobody knows any more, as after a crash. */
    private void sweep() throws SQLException {
        List<String> schemas = sandbox.inOneMoment(database -> {
            List<String> found = new ArrayList<>();
            try (Statement statement = database.createStatement();
                    ResultSet rows = statement.executeQuery("""
                            select nspname from pg_namespace
                            where nspname ~ '^past_[0-9]+$' and substr(nspname, 6)::bigint not in (select view_id from past_view)
                               or nspname ~ '^kept_[0-9]+$' and substr(nspname, 6)::bigint not in (select copy_id from kept_copy)""")) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
            return found;
        });
        for (String schema : schemas) {
            LOG.info("event=orphan_schema_dropped schema={}", schema);
            sandbox.inOneMoment(database -> {
                Sandbox.drop(database, schema);
                return schema;
            });
        }
    }

    @Override
    public void close() {
        closed = true;
        makers.shutdownNow();
        threads.forEach(Thread::interrupt);
        try {
            makers.awaitTermination(5, TimeUnit.SECONDS);
            for (Thread thread : threads) {
                thread.join(TimeUnit.SECONDS.toMillis(3));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
