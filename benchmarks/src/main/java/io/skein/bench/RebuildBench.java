package io.skein.bench;

import com.sun.management.OperatingSystemMXBean;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.skein.db.Schema;
import io.skein.embedded.TestDatabase;
import io.skein.eventlog.EventSerializer;
import io.skein.eventlog.LogNames;
import io.skein.eventlog.LogPages;
import io.skein.eventlog.LogRow;
import io.skein.projection.Projections;
import io.skein.projection.engine.ProjectionProcessors;
import io.skein.projection.engine.ProjectionRebuilder;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.axonframework.serialization.SimpleSerializedObject;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How fast is each projection made anew from the log, alone and all together, beside a paged read of the same log in the same run? */
@Command(
        name = "rebuild",
        description = "Each projection from an empty table, and all together, beside a paged read of the log.")
final class RebuildBench implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @Option(names = "--events", defaultValue = "500000", description = "Events in the log (default ${DEFAULT-VALUE}).")
    private long events;

    @Option(
            names = "--agents",
            defaultValue = "1000",
            description = "Agents that sent them (default ${DEFAULT-VALUE}).")
    private int agents;

    @Option(
            names = "--rounds",
            defaultValue = "2",
            description = "Rounds; the best is reported, as the first warms up (default ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--projections", split = ",", description = "Only these, and not all together.")
    private List<String> only = List.of();

    @Option(names = "--profile", description = "Sample the running methods.")
    private boolean profile;

    @Option(names = "--recording", description = "Keep the samples in this file (JFR).")
    private @Nullable Path recording;

    @Option(names = "--out", description = "Also write the JSON to this file.")
    private @Nullable Path out;

    private record Measured(double perSecond, double cpuMicros) {}

    @Override
    public Integer call() throws Exception {
        TestDatabase database = TestDatabase.fresh(Schema::migrate);
        FilledLog.fill(database.owner(), "r", agents, events);
        Profile sampled = profile ? Profile.start() : null;
        Map<String, List<Measured>> found = new LinkedHashMap<>();
        try (HikariDataSource pool = pool(database);
                ConfigurableApplicationContext context = projections(database)) {
            ProjectionProcessors processors = context.getBean(ProjectionProcessors.class);
            ProjectionRebuilder rebuilder = context.getBean(ProjectionRebuilder.class);
            List<String> names = only.isEmpty() ? processors.names() : only;
            awaitCaughtUp(pool, processors.names());
            for (int round = 0; round < rounds; round++) {
                add(found, "paged read", () -> pagedRead(pool, false));
                add(found, "paged read, payloads decoded", () -> pagedRead(pool, true));
                for (String name : names) {
                    add(found, name, () -> {
                        rebuilder.rebuild(name);
                        awaitCaughtUp(pool, List.of(name));
                    });
                }
                if (only.isEmpty()) {
                    add(found, "all together", () -> {
                        names.forEach(rebuilder::rebuild);
                        awaitCaughtUp(pool, names);
                    });
                }
            }
        }
        double read = best(found.getOrDefault("paged read", List.of()));
        Map<String, Object> best = new LinkedHashMap<>();
        found.forEach((name, measured) -> best.put(
                name,
                Map.of(
                        "eventsPerSecond", Math.round(best(measured)),
                        "ratioToPagedRead", Report.rounded(best(measured) / read),
                        "ownCpuMicrosPerEvent",
                                Report.rounded(measured.stream()
                                        .mapToDouble(Measured::cpuMicros)
                                        .min()
                                        .orElse(0)))));
        Map<String, Object> raw = new LinkedHashMap<>();
        found.forEach((name, measured) -> raw.put(
                name, measured.stream().map(one -> Math.round(one.perSecond())).toList()));
        Report report = new Report("rebuild")
                .put("events", events)
                .put("agents", agents)
                .put("best", best)
                .put("eventsPerSecond", raw)
                .put(
                        "loadAverage",
                        Report.rounded(
                                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()))
                .put("targets", Map.of("eachPerSecond", 100_000, "allTogetherPerSecond", 50_000));
        if (sampled != null) {
            try (sampled) {
                report.put("profile", sampled.stop(recording));
            }
        }
        report.write(out);
        return 0;
    }

    private interface Work {
        void run() throws Exception;
    }

    private void add(Map<String, List<Measured>> found, String name, Work work) throws Exception {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpu = system.getProcessCpuTime();
        long start = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        Measured measured = new Measured(events / seconds, (system.getProcessCpuTime() - cpu) / 1_000.0 / events);
        found.computeIfAbsent(name, first -> new ArrayList<>()).add(measured);
        System.err.printf(
                "%s: %,.0f events/s, %.2f µs of this process's CPU each%n",
                name, measured.perSecond(), measured.cpuMicros());
    }

    private static double best(List<Measured> measured) {
        return measured.stream().mapToDouble(Measured::perSecond).max().orElse(0);
    }

    private void pagedRead(HikariDataSource pool, boolean decode) {
        LogPages pages = new LogPages(pool, new LogNames());
        EventSerializer serializer = EventSerializer.create();
        long read = 0;
        int decoded = 0;
        while (read < events) {
            List<LogRow> page = pages.after(read, LogPages.MAX_ROWS);
            for (LogRow row : page) {
                if (decode) {
                    Object payload = serializer.deserialize(new SimpleSerializedObject<>(
                            row.payload(), byte[].class, row.payloadType(), row.revision()));
                    decoded += payload == null ? 0 : 1;
                }
            }
            read = page.getLast().position();
        }
        if (decode && decoded != events) {
            throw new IllegalStateException(decoded + " events were decoded; expected " + events);
        }
    }

    private void awaitCaughtUp(HikariDataSource pool, List<String> names) throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (Connection connection = pool.getConnection();
                PreparedStatement behind = connection.prepareStatement(
                        "select count(*) from projection_progress where name = any(?) and position >= ?")) {
            behind.setArray(1, connection.createArrayOf("text", names.toArray()));
            behind.setLong(2, events);
            while (System.nanoTime() < deadline) {
                try (ResultSet there = behind.executeQuery()) {
                    there.next();
                    if (there.getLong(1) == names.size()) {
                        return;
                    }
                }
                Thread.sleep(5);
            }
        }
        throw new IllegalStateException(names + " did not catch up within " + PATIENCE);
    }

    private static ConfigurableApplicationContext projections(TestDatabase database) {
        return new SpringApplicationBuilder(Projections.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .properties(Map.of(
                        "skein.projections.database.url", database.url(),
                        "skein.projections.database.username", "postgres",
                        "logging.level.root", "ERROR"))
                .run();
    }

    private static HikariDataSource pool(TestDatabase database) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setUsername("postgres");
        config.setMaximumPoolSize(2);
        return new HikariDataSource(config);
    }
}
