package io.skein.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** From a posted message to an alert a person can act on. */
class RoutingLoopJourneyTest {
    @Test
    void three_unanswered_requests_in_a_circle_raise_one_alert_with_its_evidence() throws Exception {
        RunningSkein skein = RunningSkein.shared();
        String network = "journey-loop";
        assertThat(request(skein, network, "l-1", "A", "B", null)).contains("\"recorded\"");
        assertThat(request(skein, network, "l-2", "B", "C", "l-1")).contains("\"recorded\"");
        assertThat(request(skein, network, "l-3", "C", "A", "l-2")).contains("\"recorded\"");

        List<JsonNode> alerts = awaitAlerts(skein, network);

        assertThat(alerts).singleElement().satisfies(alert -> {
            assertThat(alert.path("pattern").asString()).isEqualTo("routing_loop");
            assertThat(alert.path("state").asString()).isEqualTo("raised");
            assertThat(strings(alert.path("agents"), null)).containsExactlyInAnyOrder("A", "B", "C");
            assertThat(strings(alert.path("evidence"), "messageId")).containsExactly("l-1", "l-2", "l-3");
        });
        assertThat(request(skein, network, "l-3", "C", "A", "l-2")).contains("\"duplicate\"");
        skein.awaitCaughtUp();
        assertThat(skein.all("/v1/alerts?network=" + network)).hasSize(1);

        String id = alerts.getFirst().path("alertId").asString();
        assertThat(skein.post("/v1/alerts/" + id + "/acknowledge", "application/json", "{}")
                        .statusCode())
                .isEqualTo(200);
        skein.awaitCaughtUp();
        assertThat(skein.get("/v1/alerts/" + id).path("state").asString()).isEqualTo("acknowledged");
    }

    @Test
    void a_circle_in_which_everybody_answers_raises_none() throws Exception {
        RunningSkein skein = RunningSkein.shared();
        String network = "journey-answered";
        request(skein, network, "a-1", "A", "B", null);
        respond(skein, network, "a-1r", "B", "A", "a-1");
        request(skein, network, "a-2", "B", "C", "a-1");
        respond(skein, network, "a-2r", "C", "B", "a-2");
        request(skein, network, "a-3", "C", "A", "a-2");
        respond(skein, network, "a-3r", "A", "C", "a-3");
        skein.awaitCaughtUp();
        Thread.sleep(500);

        assertThat(skein.all("/v1/alerts?pattern=routing_loop&network=" + network))
                .isEmpty();
    }

    private static List<JsonNode> awaitAlerts(RunningSkein skein, String network) throws Exception {
        long deadline = System.nanoTime() + 20_000_000_000L;
        List<JsonNode> alerts = List.of();
        while (alerts.isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(50);
            alerts = skein.all("/v1/alerts?network=" + network);
        }
        return alerts;
    }

    private static String request(
            RunningSkein skein, String network, String id, String from, String to, @Nullable String cause)
            throws Exception {
        return say(skein, network, id, from, to, "request", cause);
    }

    private static void respond(
            RunningSkein skein, String network, String id, String from, String to, @Nullable String cause)
            throws Exception {
        say(skein, network, id, from, to, "response", cause);
    }

    private static String say(
            RunningSkein skein, String network, String id, String from, String to, String type, @Nullable String cause)
            throws Exception {
        String body = """
                {"messageId":"%s","networkId":"%s","conversationId":"c","agentId":"%s","targetAgents":["%s"],"type":"%s",
                 "timestamp":"2026-11-23T10:00:00Z","content":"please look into the same matter","causationId":%s}""".formatted(id, network, from, to, type, cause == null ? "null" : "\"" + cause + "\"");
        return skein.post("/v1/messages", "application/json", body).body();
    }

    private static List<String> strings(JsonNode array, @Nullable String member) {
        return java.util.stream.StreamSupport.stream(array.spliterator(), false)
                .map(item -> (member == null ? item : item.path(member)).asString())
                .toList();
    }
}
