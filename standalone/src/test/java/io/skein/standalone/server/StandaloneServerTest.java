package io.skein.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.db.Schema;
import io.skein.embedded.EmbeddedKafkaServer;
import io.skein.embedded.TestDatabase;
import io.skein.eventlog.KernelJson;
import io.skein.kernel.id.AgentId;
import io.skein.standalone.client.ServerClient;
import io.skein.standalone.client.ServerStatus;
import io.skein.standalone.demo.DemoFleet;
import io.skein.standalone.demo.DemoSender;
import io.skein.standalone.demo.Fault;
import io.skein.standalone.load.ImportResult;
import io.skein.standalone.load.Importer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Everything in one process, on real servers. */
final class StandaloneServerTest {
    private static final int MESSAGES = 1_200;

    @TempDir
    private Path folder;

    private final StringWriter screen = new StringWriter();

    @Test
    void what_was_imported_is_still_there_after_a_stop_and_a_start_and_importing_again_adds_nothing() throws Exception {
        Path file = file();
        try (StandaloneServer server = start(Map.of())) {
            ImportResult result = load(server, file);
            assertThat(result.recorded()).isEqualTo(MESSAGES);
            assertThat(result.refused()).isEqualTo(1);
            expectTheFilesGraph(server);
            assertThatThrownBy(() -> start(Map.of()))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining(
                            "in use by process " + ProcessHandle.current().pid());
        }
        try (StandaloneServer server = start(Map.of())) {
            ImportResult again = load(server, file);
            assertThat(again.recorded()).isZero();
            assertThat(again.duplicates()).isEqualTo(MESSAGES);
            expectTheFilesGraph(server);
        }
    }

    /** In real time, for a minute and a half: the detectors go by the time of recording. */
    @Test
    void each_fault_of_the_demo_fleet_becomes_one_alert_and_a_quarantine_of_the_guilty_agent_and_of_nobody_else()
            throws Exception {
        DemoFleet fleet = new DemoFleet(1, 10, Instant.now());
        DemoFleet same = new DemoFleet(1, 10, Instant.EPOCH);
        while (same.faults().size() < 5) {
            same.next();
        }
        Map<String, List<String>> guilty = new TreeMap<>();
        Map<String, List<String>> parties = new TreeMap<>();
        for (Fault fault : same.faults()) {
            List<String> agents = fault.agents().stream().map(AgentId::value).toList();
            String pattern = KernelJson.word(fault.pattern());
            guilty.put(pattern, List.of(agents.getFirst()));
            // Who of a circle has to go is a matter of trust; victims and relays are named by other faults.
            boolean circle = List.of("routing_loop", "deadlock").contains(pattern);
            parties.put(pattern, circle ? agents : agents.subList(0, 1));
        }
        // A hoarder is warned of first; a cascade is critical only as it goes on.
        List<String> proved = List.of("routing_loop", "equivocation", "deadlock");
        try (StandaloneServer server = start(Map.of());
                DemoSender sender = DemoSender.start(fleet, server.url())) {
            long deadline = System.nanoTime() + Duration.ofSeconds(150).toNanos();
            Map<String, List<String>> raised = Map.of();
            Map<String, JsonNode> made = Map.of();
            while (!(raised.equals(guilty) && made.keySet().containsAll(proved)) && System.nanoTime() < deadline) {
                Thread.sleep(500);
                raised = alerts(server);
                // That so many are in quarantine at once is an alert of its own.
                raised.remove("anomaly");
                made = quarantines(server);
            }
            assertThat(raised).isEqualTo(guilty);
            assertThat(made.keySet()).containsAll(proved);
            made.forEach((pattern, intervention) -> assertThat(parties.get(pattern))
                    .contains(intervention.path("agentId").asString()));
            assertThat(made.values().stream()
                            .mapToLong(one -> one.path("blocked").asLong())
                            .sum())
                    .isPositive();
            assertThat(made.values()).anyMatch(one -> one.has("endedAt") && one.has("effect"));
        }
    }

    /** What Skein did, by the pattern that led to it. */
    private static Map<String, JsonNode> quarantines(StandaloneServer server) throws Exception {
        Map<String, String> patterns = new TreeMap<>();
        get(server, "/v1/alerts?network=demo")
                .forEach(alert -> patterns.put(
                        alert.path("alertId").asString(), alert.path("pattern").asString()));
        Map<String, JsonNode> made = new TreeMap<>();
        for (JsonNode one : get(server, "/v1/interventions?network=demo&outcome=quarantined")) {
            assertThat(made.put(patterns.getOrDefault(one.path("cause").asString(), "none"), one))
                    .as("a second quarantine for %s", one)
                    .isNull();
        }
        return made;
    }

    private static JsonNode get(StandaloneServer server, String path) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            String body = http.send(
                            HttpRequest.newBuilder(server.url().resolve(path)).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            return KernelJson.mapper().readTree(body).path("items");
        }
    }

    /** Pattern and, of its agents, the one that a person would name first. */
    private static Map<String, List<String>> alerts(StandaloneServer server) throws Exception {
        Map<String, List<String>> alerts = new TreeMap<>();
        for (JsonNode alert : get(server, "/v1/alerts?network=demo")) {
            alerts.computeIfAbsent(alert.path("pattern").asString(), pattern -> new ArrayList<>())
                    .add(alert.path("agents").path(0).asString());
        }
        return alerts;
    }

    @Test
    void servers_that_are_named_are_used_instead_of_embedded_ones() throws Exception {
        TestDatabase database = TestDatabase.fresh(Schema::migrate);
        try (EmbeddedKafkaServer kafka = EmbeddedKafkaServer.start(folder.resolve("elsewhere"), 0)) {
            Map<String, String> settings = Map.of(
                    "skein.database.url",
                    database.url(),
                    "skein.database.username",
                    "postgres",
                    "skein.database.password",
                    "",
                    "skein.kafka.bootstrap-servers",
                    kafka.bootstrapServers());
            try (StandaloneServer server = start(settings)) {
                assertThat(load(server, file()).recorded()).isEqualTo(MESSAGES);
                assertThat(server.kafka()).isEqualTo(kafka.bootstrapServers());
                assertThat(server.database()).isEqualTo(database.url());
            }
        }
        assertThat(folder.resolve("data/postgres")).doesNotExist();
        assertThat(folder.resolve("data/kafka")).doesNotExist();
    }

    @Test
    void a_database_that_cannot_be_reached_is_named_and_nothing_is_left_running() {
        assertThatThrownBy(() -> start(Map.of(
                        "skein.database.url", "jdbc:postgresql://127.0.0.1:1/skein",
                        "skein.database.username", "owner",
                        "skein.kafka.bootstrap-servers", "127.0.0.1:1")))
                .isInstanceOf(StartException.class)
                .hasMessageContaining(
                        "jdbc:postgresql://127.0.0.1:1/skein (skein.database.url) cannot be reached as owner");
        DataFolder.take(folder.resolve("data")).close();
    }

    @Test
    void a_port_that_is_taken_is_named() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ServerOptions options = new ServerOptions(
                    folder.resolve("data"), taken.getLocalPort(), 0, "127.0.0.1", false, Map.of(), null);
            assertThatThrownBy(() -> StandaloneServer.start(options, new Stages(new PrintWriter(screen))))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("port " + taken.getLocalPort())
                    .hasMessageContaining("--port");
        }
    }

    @Test
    void a_key_that_nobody_takes_stops_the_start_before_anything_is_touched() {
        assertThatThrownBy(() -> start(Map.of("skein.kafka.bootstrap-server", "kafka:9092")))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("skein.kafka.bootstrap-server ")
                .hasMessageContaining("near to it: skein.kafka.bootstrap-servers");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    private StandaloneServer start(Map<String, String> settings) {
        ServerOptions options = new ServerOptions(folder.resolve("data"), 0, 0, "127.0.0.1", false, settings, null);
        return StandaloneServer.start(options, new Stages(new PrintWriter(screen)));
    }

    private ImportResult load(StandaloneServer server, Path file) throws Exception {
        try (ServerClient client = new ServerClient(server.url(), Duration.ofSeconds(20))) {
            return new Importer(client, new PrintWriter(screen), false, null).run(List.of(file));
        }
    }

    /** A ring of seven that ask their neighbour: seven agents, seven edges. */
    private Path file() throws Exception {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            lines.add("""
                    {"messageId":"m-%d","agentId":"a%d","targetAgents":["a%d"],"type":"request",\
                    "timestamp":"2026-11-23T10:00:00Z","content":"%d"}""".formatted(i, i % 7, (i + 1) % 7, i));
        }
        lines.add(500, "{\"messageId\":\"broken\"}");
        return Files.write(folder.resolve("messages.jsonl"), lines);
    }

    private static void expectTheFilesGraph(StandaloneServer server) throws InterruptedException {
        try (ServerClient client = new ServerClient(server.url(), Duration.ofSeconds(5))) {
            long head = client.status().head();
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            ServerStatus status = client.status();
            while (!status.caughtUp(head)) {
                assertThat(System.nanoTime()).as("behind: %s", status).isLessThan(deadline);
                Thread.sleep(100);
                status = client.status();
            }
            JsonNode graph = client.graphCounts("default");
            assertThat(graph.path("nodeCount").asLong()).isEqualTo(7);
            assertThat(graph.path("edgeCount").asLong()).isEqualTo(7);
            assertThat(graph.path("messageCount").asLong()).isEqualTo(MESSAGES);
        }
    }
}
