package io.skein.projection;

import com.zaxxer.hikari.HikariDataSource;
import io.skein.eventlog.LogPages;
import io.skein.eventlog.LogReader;
import io.skein.eventlog.LogTail;
import io.skein.projection.engine.Projection;
import io.skein.projection.engine.ProjectionProcessors;
import io.skein.projection.engine.ProjectionRebuilder;
import io.skein.projection.publish.Publishing;
import io.skein.projection.publish.PublishingSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;

/** All projections on a fixture's log, as the application wires them. */
final class RunningProjections implements AutoCloseable {
    static final List<String> NAMES = List.of("agents", "causal-graph", "alerts", "metrics", "audit", "patterns");

    final LogFixture log;
    final HikariDataSource dataSource;
    final LogTail tail;
    final ProjectionProcessors processors;
    final ProjectionRebuilder rebuilder;

    RunningProjections(LogFixture log, int batchSize, long checkpointEvery, String... only) {
        this(
                log,
                batchSize,
                checkpointEvery,
                projection -> only.length == 0 || List.of(only).contains(projection.name()) ? projection : null);
    }

    /** @param choice what to run in a projection's place; null leaves it out */
    RunningProjections(
            LogFixture log, int batchSize, long checkpointEvery, Function<Projection, @Nullable Projection> choice) {
        this.log = log;
        Projections wiring = new Projections();
        ProjectionsSettings settings = new ProjectionsSettings(
                new ProjectionsSettings.Database(log.database.url(), "postgres", "", 20),
                batchSize,
                2,
                checkpointEvery);
        this.dataSource = wiring.projectionDataSource(settings);
        PlatformTransactionManager transactions = wiring.projectionTransactionManager(dataSource);
        LogPages pages = wiring.projectionLogPages(dataSource);
        this.tail = wiring.projectionLogTail(dataSource);
        LogReader reader = wiring.projectionLogReader(pages, tail, java.util.Optional.empty());
        List<Projection> projections = Projections.projections(settings, pages, reader).stream()
                .<Projection>mapMulti((projection, chosen) -> {
                    Projection choose = choice.apply(projection);
                    if (choose != null) {
                        chosen.accept(choose);
                    }
                })
                .toList();
        this.processors = new ProjectionProcessors(
                projections, reader, dataSource, transactions, settings.batchSize(), settings.attempts());
        this.rebuilder = wiring.projectionRebuilder(processors, dataSource);
        processors.start();
    }

    Publishing publishing(String bootstrapServers) {
        Publishing publishing = new Projections()
                .projectionPublishing(
                        new PublishingSettings(bootstrapServers, "PLAINTEXT", null, null, null, null, null),
                        dataSource);
        publishing.start();
        return publishing;
    }

    /** Waits until every projection is at the end of the log. */
    RunningProjections caughtUp() {
        NAMES.forEach(this::caughtUp);
        return this;
    }

    void caughtUp(String name) {
        await(
                name + " at " + log.head(),
                () -> log.rows("select coalesce(max(position), 0) from projection_progress where name = '" + name + "'")
                        .equals(List.of(Long.toString(log.head()))));
    }

    static void await(String what, java.util.function.BooleanSupplier condition) {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(60));
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("not within 60 s: " + what);
            }
            try {
                Thread.sleep(10);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new AssertionError(interrupted);
            }
        }
    }

    @Override
    public void close() {
        processors.close();
        // What is left only listens; it need not hold up the test.
        Thread.ofPlatform().daemon().start(() -> {
            tail.close();
            dataSource.close();
        });
    }
}
