package io.skein.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.eventlog.KernelJson;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What an operator orders of a projection over HTTP is done, shown and recorded. */
class ProjectionActsJourneyTest {

    @Test
    void a_projection_is_paused_and_rebuilt_beside_itself_and_every_act_is_in_the_audit_log() throws Exception {
        RunningSkein skein = RunningSkein.shared();
        skein.post(
                "/v1/messages",
                "application/json",
                KernelJson.mapper()
                        .writeValueAsString(Map.of(
                                "messageId", "acts-1",
                                "networkId", "acts",
                                "agentId", "ada",
                                "targetAgents", List.of("bob"),
                                "type", "request",
                                "timestamp", Instant.now().toString())));
        skein.awaitCaughtUp();
        done(skein, "agents", "pause", Map.of("reason", "a look"));
        JsonNode agents = processor(skein, "agents");
        assertThat(agents.path("paused").asBoolean()).isTrue();
        assertThat(agents.path("kind").asString()).isEqualTo("projection");
        assertThat(processor(skein, "publish-causal-graph").path("kind").asString())
                .isEqualTo("publisher");
        done(skein, "agents", "resume", Map.of("reason", "seen"));
        skein.awaitCaughtUp();

        String shadow = order(skein, "agents", "shadow", Map.of("reason", "once more"));
        await(skein, shadow, "following");
        JsonNode difference = done(skein, "agents", "diff", Map.of("reason", "compare", "operationId", shadow));
        assertThat(difference.path("result").path("rows").isEmpty()).isTrue();
        done(skein, "agents", "cut-over", Map.of("reason", "take it", "operationId", shadow));
        assertThat(processor(skein, "agents").path("generation").asLong()).isPositive();
        done(skein, "agents", "roll-back", Map.of("reason", "back", "operationId", shadow));
        done(skein, "agents", "discard", Map.of("reason", "enough", "operationId", shadow));
        skein.awaitCaughtUp();
        assertThat(skein.get("/v1/agents/ada?network=acts").path("sent").asLong())
                .isEqualTo(1);

        HttpResponse<String> unknown =
                skein.post("/v1/projections/nobody/pause", "application/json", "{\"reason\": \"x\"}");
        assertThat(unknown.statusCode()).isEqualTo(404);
        HttpResponse<String> reasonless = skein.post("/v1/projections/agents/pause", "application/json", "{}");
        assertThat(reasonless.statusCode()).isEqualTo(400);
    }

    private static JsonNode processor(RunningSkein skein, String name) throws Exception {
        for (JsonNode one : skein.get("/v1/projections").path("items")) {
            if (one.path("name").asString().equals(name)) {
                return one;
            }
        }
        throw new AssertionError("no processor " + name + " in " + skein.get("/v1/projections"));
    }

    private static String order(RunningSkein skein, String name, String act, Map<String, Object> body)
            throws Exception {
        HttpResponse<String> answer = skein.post(
                "/v1/projections/" + name + "/" + act,
                "application/json",
                KernelJson.mapper().writeValueAsString(body));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return KernelJson.mapper().readTree(answer.body()).path("operationId").asString();
    }

    private static JsonNode done(RunningSkein skein, String name, String act, Map<String, Object> body)
            throws Exception {
        return await(skein, order(skein, name, act, body), "done");
    }

    private static JsonNode await(RunningSkein skein, String operation, String state) throws Exception {
        long deadline = System.nanoTime() + 60_000_000_000L;
        JsonNode found = KernelJson.mapper().createObjectNode();
        while (System.nanoTime() < deadline) {
            for (JsonNode one : skein.get("/v1/projections/operations").path("items")) {
                if (one.path("operationId").asString().equals(operation)) {
                    found = one;
                }
            }
            if (found.path("state").asString("").equals(state)) {
                return found;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("operation " + operation + " is not " + state + ": " + found);
    }
}
