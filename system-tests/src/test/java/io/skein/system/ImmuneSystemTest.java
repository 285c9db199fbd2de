package io.skein.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** From what an agent says to its quarantine, what that blocks, its end and its effect, over all sides; and back, where it was a false alarm. */
class ImmuneSystemTest {
    private static final long PATIENCE_NANOS = 40_000_000_000L;

    @Test
    void who_says_two_things_loses_trust_is_blocked_for_a_while_and_nobody_else_is() throws Exception {
        RunningSkein skein = RunningSkein.shared();
        String network = "immune";
        rules(skein, network, "{\"quarantine\":{\"durationSeconds\":6}}");
        for (int i = 0; i < 5; i++) {
            say(skein, network, "before-" + i, "buyer", "supplier", "\"outcome\":\"ok\"");
            say(skein, network, "other-" + i, "desk", "planner", "\"outcome\":\"ok\"");
        }
        state(skein, network, "s-1", "buyer", "supplier", 400);
        state(skein, network, "s-2", "buyer", "auditor", 100);

        JsonNode made = await(() -> first(skein, "/v1/interventions?network=" + network));
        assertThat(made.path("agentId").asString()).isEqualTo("buyer");
        assertThat(made.path("rule").asString()).isEqualTo("critical_fact");
        assertThat(made.path("by").asString()).isEqualTo("skein");
        assertThat(made.path("evidence").size()).isEqualTo(2);
        String alert = made.path("cause").asString();
        assertThat(skein.get("/v1/alerts/" + alert).path("pattern").asString()).isEqualTo("equivocation");
        JsonNode trust = skein.get("/v1/agents/buyer/trust?network=" + network);
        assertThat(trust.path("trust").asDouble()).isLessThan(65);
        assertThat(trust.path("trustLow").asDouble())
                .isLessThan(trust.path("trust").asDouble());
        assertThat(trust.path("changes").path(0).path("alertId").asString()).isEqualTo(alert);
        assertThat(trust.path("changes").path(0).path("bad").asDouble()).isEqualTo(8);
        assertThat(trust.path("changes").path(0).path("successesBefore").asLong())
                .isEqualTo(5);
        assertThat(skein.get("/v1/agents/supplier/trust?network=" + network).path("changes"))
                .isEmpty();

        assertThat(say(skein, network, "b-1", "buyer", "supplier", "\"outcome\":\"ok\""))
                .contains("\"blocked\"");
        assertThat(say(skein, network, "b-2", "supplier", "buyer", "\"outcome\":\"ok\""))
                .contains("\"blocked\"");
        assertThat(say(skein, network, "b-3", "supplier", "auditor", "\"outcome\":\"ok\""))
                .contains("\"recorded\"");

        String id = made.path("interventionId").asString();
        JsonNode ended = await(() -> {
            JsonNode now = skein.get("/v1/interventions/" + id + "?network=" + network);
            return now.has("endedAt") && now.has("effect") ? now : null;
        });
        assertThat(ended.path("endedBy").asString()).isEqualTo("skein");
        assertThat(ended.path("blocked").asLong()).isEqualTo(1);
        assertThat(ended.path("blockedFine").asLong()).isEqualTo(1);
        assertThat(ended.path("blockedOthers").asLong()).isEqualTo(1);
        assertThat(ended.path("effect").path("beforeSeconds").asDouble()).isPositive();
        assertThat(say(skein, network, "b-4", "buyer", "supplier", "\"outcome\":\"ok\""))
                .contains("\"recorded\"");
        skein.awaitCaughtUp();
        assertThat(skein.all("/v1/interventions?network=" + network)).hasSize(1);

        double low =
                skein.get("/v1/agents/buyer?network=" + network).path("trust").asDouble();
        assertThat(skein.post("/v1/alerts/" + alert + "/dismiss", "application/json", "{\"reason\":\"agreed before\"}")
                        .statusCode())
                .isEqualTo(200);
        await(() ->
                skein.get("/v1/agents/buyer?network=" + network).path("trust").asDouble() > low + 20 ? true : null);
    }

    @Test
    void in_a_dry_run_everything_is_decided_and_nobody_is_blocked() throws Exception {
        RunningSkein skein = RunningSkein.shared();
        String network = "immune-dry";
        rules(skein, network, "{\"quarantine\":{\"dryRun\":true}}");
        say(skein, network, "l-1", "A", "B", "\"conversationId\":\"c\"");
        say(skein, network, "l-2", "B", "C", "\"conversationId\":\"c\",\"causationId\":\"l-1\"");
        say(skein, network, "l-3", "C", "A", "\"conversationId\":\"c\",\"causationId\":\"l-2\"");

        JsonNode withheld = await(() -> first(skein, "/v1/interventions?outcome=withheld&network=" + network));
        assertThat(withheld.path("withheld").asString()).isEqualTo("dry_run");
        assertThat(List.of("A", "B", "C")).contains(withheld.path("agentId").asString());
        for (String agent : List.of("A", "B", "C")) {
            assertThat(say(skein, network, "after-" + agent, agent, "D", "\"outcome\":\"ok\""))
                    .contains("\"recorded\"");
        }
        JsonNode policy = skein.get("/v1/policy?network=" + network);
        assertThat(policy.path("version").asLong()).isEqualTo(1);
        assertThat(policy.path("rules").path("quarantine").path("dryRun").asBoolean())
                .isTrue();
        assertThat(skein.all("/v1/policy/history?network=" + network))
                .singleElement()
                .satisfies(
                        version -> assertThat(version.path("reason").asString()).isEqualTo("a test"));
    }

    private static void rules(RunningSkein skein, String network, String rules) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI policy = skein.at("/v1/policy?network=" + network);
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(policy)
                            .PUT(HttpRequest.BodyPublishers.ofString("{\"reason\":\"a test\",\"rules\":" + rules + "}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
    }

    private static void state(RunningSkein skein, String network, String id, String from, String to, int ceiling)
            throws Exception {
        say(
                skein,
                network,
                id,
                from,
                to,
                "\"conversationId\":\"order\",\"metadata\":{\"statement\":{\"key\":\"ceiling\",\"value\":" + ceiling
                        + "}}");
    }

    private static String say(RunningSkein skein, String network, String id, String from, String to, String more)
            throws Exception {
        String body = """
                {"messageId":"%s","networkId":"%s","agentId":"%s","targetAgents":["%s"],"type":"request",
                 "timestamp":"2026-11-23T10:00:00Z","content":"please look into the same matter",%s}""".formatted(id, network, from, to, more);
        return skein.post("/v1/messages", "application/json", body).body();
    }

    private static @Nullable JsonNode first(RunningSkein skein, String path) throws Exception {
        JsonNode items = skein.get(path).path("items");
        return items.isEmpty() ? null : items.get(0);
    }

    private static <T> T await(Callable<T> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        T found = condition.call();
        while (found == null && System.nanoTime() < deadline) {
            Thread.sleep(100);
            found = condition.call();
        }
        assertThat(found).as("within %d s", PATIENCE_NANOS / 1_000_000_000L).isNotNull();
        return found;
    }
}
