package io.skein.bench;

import io.skein.db.Schema;
import io.skein.embedded.EmbeddedPostgresServer;
import io.skein.eventlog.KernelJson;
import io.skein.standalone.server.ServerOptions;
import io.skein.standalone.server.Stages;
import io.skein.standalone.server.StandaloneServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Does it stay as fast when the log is long? The same measurements on logs of different lengths: projections from empty, start-up after a clean stop, writing. */
@Command(
        name = "growth",
        description = "The same figures on logs of 0.1 and 1 million events, and of 10 million if asked for.")
final class GrowthBench implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    @Option(
            names = "--events",
            split = ",",
            defaultValue = "100000,1000000",
            description =
                    "Lengths of the log; the first is what the others are compared with (default ${DEFAULT-VALUE}).")
    private List<Long> lengths = List.of();

    @Option(
            names = "--agents",
            defaultValue = "1000",
            description = "Agents that sent them (default ${DEFAULT-VALUE}).")
    private int agents;

    @Option(
            names = "--seconds",
            defaultValue = "20",
            description = "How long to write, after as long a warm-up (default ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--batch",
            defaultValue = "500",
            description = "Messages of one HTTP request (default ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--out", description = "Also write the JSON to this file.")
    private @Nullable Path out;

    private final HttpClient http = HttpClient.newHttpClient();

    @Override
    public Integer call() throws Exception {
        List<Map<String, Object>> measured = new ArrayList<>();
        for (long length : lengths) {
            measured.add(measure(length));
            System.err.println(measured.getLast());
        }
        Map<String, Object> ratios = new LinkedHashMap<>();
        Map<String, Object> first = measured.getFirst();
        Map<String, Object> last = measured.getLast();
        for (String figure :
                List.of("projectionsFromEmptyPerSecond", "writtenPerSecond", "startSecondsAfterCleanStop")) {
            ratios.put(
                    figure,
                    Report.rounded(((Number) last.getOrDefault(figure, 0)).doubleValue()
                            / ((Number) first.getOrDefault(figure, 1)).doubleValue()));
        }
        new Report("growth")
                .put("agents", agents)
                .put("measured", measured)
                .put("longestToShortest", ratios)
                .put("targets", Map.of("writtenPerSecond", 0.9, "startSecondsAfterCleanStop", "about 1"))
                .write(out);
        return 0;
    }

    private Map<String, Object> measure(long length) throws Exception {
        Path data = Files.createTempDirectory("skein-bench-");
        // First an empty server: it makes the database, the roles and the topics.
        start(data).close();
        try (EmbeddedPostgresServer postgres = EmbeddedPostgresServer.start(data.resolve("postgres"), 0)) {
            Schema.migrate(postgres.owner("skein"));
            FilledLog.fill(postgres.owner("skein"), "g", agents, length);
            vacuum(postgres);
        }
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("events", length);
        try (StandaloneServer server = start(data)) {
            long began = System.nanoTime();
            awaitCaughtUp(server, length);
            found.put("projectionsFromEmptyPerSecond", Math.round(length / ((System.nanoTime() - began) / 1e9)));
        }
        long began = System.nanoTime();
        try (StandaloneServer server = start(data)) {
            awaitCaughtUp(server, length);
            found.put("startSecondsAfterCleanStop", Report.rounded((System.nanoTime() - began) / 1e9));
            Traffic traffic = new Traffic("w", agents);
            long warm = write(server, traffic, 0);
            long from = System.nanoTime();
            long written = write(server, traffic, warm);
            found.put("writtenPerSecond", Math.round(written / ((System.nanoTime() - from) / 1e9)));
            CpuLedger ledger = new CpuLedger(data);
            Map<String, Long> cpu = ledger.read();
            long more = write(server, traffic, warm + written);
            found.put("writingCpuMicrosPerMessage", CpuLedger.microsPerMessage(cpu, ledger.read(), more));
        }
        return found;
    }

    private static StandaloneServer start(Path data) {
        return StandaloneServer.start(
                new ServerOptions(data, 0, 0, "127.0.0.1", false, Map.of(), null),
                new Stages(new PrintWriter(System.err, true)));
    }

    private static void vacuum(EmbeddedPostgresServer postgres) throws SQLException {
        try (Connection connection = postgres.owner("skein").getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("vacuum analyze event_log");
            statement.execute("checkpoint");
        }
    }

    /** How many were recorded. */
    private long write(StandaloneServer server, Traffic traffic, long from) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        long number = from;
        StringBuilder body = new StringBuilder();
        while (System.nanoTime() < deadline) {
            body.setLength(0);
            for (long next = number; next < number + batch; next++) {
                traffic.json(next, body).append('\n');
            }
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(server.url().resolve("/v1/messages"))
                            .header("Content-Type", "application/x-ndjson")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(
                                    body.toString().getBytes(StandardCharsets.UTF_8)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200 || !answer.body().contains("\"refused\":0")) {
                throw new IOException("the door answered " + answer.statusCode() + ": " + answer.body());
            }
            number += batch;
        }
        return number - from;
    }

    private void awaitCaughtUp(StandaloneServer server, long head) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            HttpResponse<String> status = http.send(
                    HttpRequest.newBuilder(server.url().resolve("/v1/status")).build(),
                    HttpResponse.BodyHandlers.ofString());
            JsonNode projections = KernelJson.mapper().readTree(status.body()).path("projections");
            boolean all = !projections.isEmpty();
            for (JsonNode projection : projections) {
                all &= projection.path("position").asLong() >= head
                        || projection.path("name").asString().startsWith("publish-");
            }
            if (all) {
                return;
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException("projections did not catch up within " + PATIENCE);
    }
}
