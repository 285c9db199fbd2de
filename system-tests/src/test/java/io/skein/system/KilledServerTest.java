package io.skein.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.eventlog.KernelJson;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server killed without warning while it takes messages. */
class KilledServerTest {
    private static final int MESSAGES = 20_000;
    private static final int BATCH = 200;
    private static final List<String> READ_TABLES =
            List.of("agent", "causal_node", "causal_edge", "causal_count", "alert", "metrics_window", "audit_entry");

    /** So that what was sent is soon signed, and the log comes to rest. */
    private static final Map<String, String> SIGNED_OFTEN = Map.of("skein.checkpoints.interval", "1s");

    /** What else the projections remember: a rebuild begins without it. */
    private static final List<String> OTHER_TABLES = List.of(
            "history_party",
            "history_stretch",
            "audit_checkpoint",
            "audit_key",
            "tree_tile",
            "graph_metrics",
            "causal_rank",
            "policy_version",
            "trust_policy",
            "trust_alert",
            "trust_charge",
            "trust_change",
            "intervention",
            "intervention_state",
            "routing_reentry",
            "log_clock");

    @Test
    void what_was_answered_is_there_after_a_kill_and_sending_all_again_gives_what_no_kill_would_have_given(
            @TempDir Path data) throws Exception {
        List<String> lines = conversation();
        Process server = start(data);
        int acknowledged = 0;
        try {
            URI door = address(data, server);
            long killAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(700);
            for (int from = 0; from < lines.size(); from += BATCH) {
                if (System.nanoTime() > killAt && from > 0) {
                    break;
                }
                if (send(door, lines.subList(from, from + BATCH)) != 200) {
                    break;
                }
                acknowledged = from + BATCH;
            }
        } finally {
            server.destroyForcibly().waitFor();
        }
        assertThat(acknowledged).as("messages answered before the kill").isBetween(BATCH, MESSAGES - BATCH);

        Map<String, List<String>> live;
        long head;
        try (RunningSkein skein = RunningSkein.on(data, SIGNED_OFTEN)) {
            skein.awaitCaughtUp();
            assertThat(
                            count(
                                    data,
                                    skein,
                                    "select count(*) from event_log e join log_name n on n.id = e.payload_type where n.name = 'MessageRecorded'"))
                    .isGreaterThanOrEqualTo(acknowledged);
            for (int from = 0; from < lines.size(); from += BATCH) {
                assertThat(send(skein.at("/"), lines.subList(from, from + BATCH)))
                        .isEqualTo(200);
            }
            skein.awaitCaughtUp();
            RealConversations.Truth truth = RealConversations.count(lines);
            assertThat(skein.get("/v1/graph?network=killed")
                            .path("messageCount")
                            .asLong())
                    .isEqualTo(MESSAGES);
            assertThat(skein.get("/v1/graph?network=killed").path("edgeCount").asLong())
                    .isEqualTo(truth.edges().size());
            assertThat(count(data, skein, "select count(*) from event_log"))
                    .isEqualTo(count(data, skein, "select max(position) from event_log"));
            awaitRest(data, skein);
            live = dump(data, skein);
            head = count(data, skein, "select max(position) from event_log");
            forgetProjections(data, skein);
        }
        try (RunningSkein rebuilt = RunningSkein.on(data, SIGNED_OFTEN)) {
            rebuilt.awaitCaughtUp();
            Map<String, List<String>> again = dump(data, rebuilt);
            assertThat(added(rebuilt, head))
                    .as("events that a rebuild added to the log")
                    .isEmpty();
            for (String table : READ_TABLES) {
                assertThat(again.get(table))
                        .as("rows of %s after a rebuild", table)
                        .isEqualTo(live.get(table));
            }
        }
    }

    private static List<String> conversation() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            boolean request = i % 2 == 0;
            int asker = i / 2 % 23;
            int answerer = i / 2 % 17 + 100;
            lines.add("""
                    {"messageId":"k-%d","networkId":"killed","conversationId":"c-%d","agentId":"a%d","targetAgents":["a%d"],"type":"%s",\
                    "timestamp":"2026-11-23T10:00:%02d.%03dZ","content":{"n":%d},"causationId":%s%s}""".formatted(
                            i,
                            i / 10,
                            request ? asker : answerer,
                            request ? answerer : asker,
                            request ? "request" : "response",
                            i / 1000 % 60,
                            i % 1000,
                            i,
                            request ? "null" : "\"k-" + (i - 1) + "\"",
                            i % 7 == 1 ? ",\"outcome\":\"error\"" : ""));
        }
        return lines;
    }

    private static Process start(Path data) throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.skein.standalone.SkeinCommand",
                        "run",
                        "--port",
                        "0",
                        "--data",
                        data.toString())
                .redirectErrorStream(true)
                .redirectOutput(data.resolveSibling(data.getFileName() + ".out").toFile())
                .start();
    }

    private static URI address(Path data, Process server) throws Exception {
        Path file = data.resolve("server.json");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (System.nanoTime() < deadline && server.isAlive()) {
            if (Files.exists(file)) {
                URI url = URI.create(KernelJson.mapper()
                        .readTree(Files.readString(file))
                        .path("url")
                        .asString());
                if (isUp(url)) {
                    return url;
                }
            }
            Thread.sleep(100);
        }
        throw new AssertionError(
                "the server did not come up: " + Files.readString(data.resolveSibling(data.getFileName() + ".out")));
    }

    private static boolean isUp(URI url) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                                    HttpRequest.newBuilder(url.resolve("/v1/status"))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (ConnectException notYet) {
            return false;
        }
    }

    /** Status of the answer; 0 where there was none. */
    private static int send(URI server, List<String> lines) throws InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(server.resolve("/v1/messages"))
                                    .timeout(Duration.ofSeconds(30))
                                    .header("Content-Type", "application/x-ndjson")
                                    .POST(HttpRequest.BodyPublishers.ofString(String.join("\n", lines)))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException cut) {
            return 0;
        }
    }

    private static Connection owner(RunningSkein skein) throws Exception {
        Properties superuser = new Properties();
        superuser.put("user", "postgres");
        return DriverManager.getConnection(skein.server.database(), superuser);
    }

    private static long count(Path data, RunningSkein skein, String sql) throws Exception {
        try (Connection connection = owner(skein);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static Map<String, List<String>> dump(Path data, RunningSkein skein) throws Exception {
        Map<String, List<String>> rows = new TreeMap<>();
        try (Connection connection = owner(skein);
                Statement statement = connection.createStatement()) {
            for (String table : READ_TABLES) {
                List<String> lines = new ArrayList<>();
                try (ResultSet found = statement.executeQuery("select t::text from " + table + " t order by 1")) {
                    while (found.next()) {
                        lines.add(found.getString(1));
                    }
                }
                rows.put(table, lines);
            }
        }
        return rows;
    }

    /** From here on every projection begins again at the first event. */
    /** Until nothing more comes into the log: no alert, no intervention, no signed checkpoint. */
    private static void awaitRest(Path data, RunningSkein skein) throws Exception {
        long head = -1;
        while (head != count(data, skein, "select max(position) from event_log")) {
            head = count(data, skein, "select max(position) from event_log");
            Thread.sleep(3_000);
            skein.awaitCaughtUp();
        }
    }

    private static List<String> added(RunningSkein skein, long head) throws Exception {
        List<String> added = new ArrayList<>();
        try (Connection connection = owner(skein);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select e.position || ' ' || n.name || ' ' || convert_from(e.payload, 'UTF8') from event_log e join log_name n on n.id = e.payload_type where e.position > "
                                + head + " order by e.position")) {
            while (rows.next()) {
                added.add(rows.getString(1));
            }
        }
        return added;
    }

    private static void forgetProjections(Path data, RunningSkein skein) throws Exception {
        try (Connection connection = owner(skein);
                Statement statement = connection.createStatement()) {
            statement.execute("truncate " + String.join(", ", READ_TABLES) + ", " + String.join(", ", OTHER_TABLES)
                    + ", projection_progress, projection_checkpoint");
            statement.execute("delete from processor_token where processor <> 'mirror'");
        }
    }
}
