package io.skein.projection;

import io.skein.eventlog.EventSerializer;
import io.skein.eventlog.LogNames;
import io.skein.eventlog.LogPages;
import io.skein.eventlog.LogReader;
import io.skein.eventlog.LogTail;
import io.skein.projection.causalgraph.GraphLimits;
import io.skein.projection.causalgraph.GraphTopologyManager;
import io.skein.projection.engine.Fold;
import io.skein.projection.engine.LogReplay;
import io.skein.projection.engine.LoggedEvent;
import io.skein.projection.engine.Projection;
import io.skein.projection.engine.Sandbox;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.sql.DataSource;
import org.axonframework.serialization.upcasting.event.NoOpEventUpcaster;

/** Runs a projection over the log by hand: no threads, no waiting, batches of any size, every instance as new as after a restart. */
final class Driver {
    private final LogFixture log;
    private final LogPages pages;
    private final LogReader reader;

    Driver(LogFixture log) {
        this.log = log;
        this.pages = new LogPages(log.dataSource(), new LogNames());
        // The driver reads pages only: nothing ever waits on the tail, so it listens to nothing.
        LogTail silent = new LogTail(log.dataSource());
        silent.close();
        this.reader = new LogReader(pages, silent, EventSerializer.create(), NoOpEventUpcaster.INSTANCE);
    }

    Projection fresh(String name) {
        return all(1_000).stream()
                .filter(projection -> projection.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    List<Projection> all(long checkpointEvery) {
        return all(checkpointEvery, Map.of());
    }

    List<Projection> all(long checkpointEvery, Map<String, Map<String, String>> parameters) {
        ProjectionsSettings settings = new ProjectionsSettings(
                new ProjectionsSettings.Database(log.database.url(), "postgres", "", 20), 100, 2, checkpointEvery);
        return Projections.projections(
                settings, io.skein.projection.causalgraph.GraphLimits.DEFAULT, pages, reader, parameters);
    }

    LogReplay replay() {
        return new LogReplay(pages, reader);
    }

    Sandbox sandbox(DataSource dataSource) {
        return new Sandbox(dataSource, pages, reader);
    }

    /** The causal graph's, with limits and checkpoints of its own. */
    GraphTopologyManager graph(GraphLimits limits, long checkpointEvery) {
        return new GraphTopologyManager(new LogReplay(pages, reader), checkpointEvery, limits);
    }

    /** Takes the events in {@code (after, upTo]} by batches of 1 to {@code largest}. */
    void run(Projection projection, long after, long upTo, int largest, Random random) {
        try (Connection database = log.dataSource().getConnection()) {
            database.setAutoCommit(false);
            List<LoggedEvent> events = new ArrayList<>();
            new LogReplay(pages, reader).between(projection.name(), after, upTo, database, events::add);
            for (int from = 0; from < events.size(); ) {
                int to = Math.min(events.size(), from + 1 + random.nextInt(largest));
                Fold fold = projection.open(after + from, database);
                events.subList(from, to).forEach(fold::on);
                fold.write(database);
                progress(database, projection.name(), after + to);
                database.commit();
                from = to;
            }
        } catch (SQLException failure) {
            throw new IllegalStateException("the projection could not be driven", failure);
        }
    }

    private static void progress(Connection database, String projection, long position) throws SQLException {
        try (PreparedStatement upsert = database.prepareStatement("""
                insert into projection_progress (name, segment, position) values (?, 0, ?)
                on conflict (name, segment) do update set position = excluded.position""")) {
            upsert.setString(1, projection);
            upsert.setLong(2, position);
            upsert.executeUpdate();
        }
    }
}
