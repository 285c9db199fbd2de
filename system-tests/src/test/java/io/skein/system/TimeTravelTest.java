package io.skein.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.eventlog.KernelJson;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Every question can be asked of an earlier moment, and is answered as it was answered then. */
class TimeTravelTest {
    private static final String NETWORK = "time-travel";
    private static final List<String> QUESTIONS = List.of(
            "/v1/graph?network=" + NETWORK,
            "/v1/agents?network=" + NETWORK,
            "/v1/agents/" + "agent-1?network=" + NETWORK,
            "/v1/alerts?network=" + NETWORK,
            "/v1/metrics?network=" + NETWORK + "&window=1s",
            "/v1/audit?network=" + NETWORK + "&order=newest",
            "/v1/audit/count?network=" + NETWORK);

    @Test
    void what_was_answered_at_a_position_is_answered_again_for_it() throws Exception {
        RunningSkein skein = RunningSkein.shared();
        Map<Long, List<JsonNode>> answered = new LinkedHashMap<>();
        Map<Long, Instant> instants = new LinkedHashMap<>();
        for (int part = 0; part < 4; part++) {
            send(skein, part);
            long head = -1;
            List<JsonNode> said = List.of();
            // What is found in the talk is appended to the log a little later: only what did not change meanwhile is of
            // one position.
            while (head != skein.get("/v1/status").path("head").asLong()) {
                Thread.sleep(300);
                skein.awaitCaughtUp();
                head = skein.get("/v1/status").path("head").asLong();
                said = answers(skein, "");
            }
            answered.put(head, said);
            instants.put(head, Instant.now());
        }
        send(skein, 4);
        skein.awaitCaughtUp();
        for (Map.Entry<Long, List<JsonNode>> then : answered.entrySet()) {
            for (String at : List.of(then.getKey().toString(), String.valueOf(instants.get(then.getKey())))) {
                List<JsonNode> again = answers(skein, "&at=" + at);
                for (int i = 0; i < QUESTIONS.size(); i++) {
                    assertThat(again.get(i).equals(then.getValue().get(i)))
                            .as("%s at %s is answered as then", QUESTIONS.get(i), at)
                            .isTrue();
                }
            }
        }
        assertThat(answers(skein, "").equals(answered.values().iterator().next()))
                .isFalse();
    }

    @Test
    void what_cannot_be_asked_is_refused_with_its_reason() throws Exception {
        RunningSkein skein = RunningSkein.shared();
        send(skein, 9);
        skein.awaitCaughtUp();
        long head = skein.get("/v1/status").path("head").asLong();
        HttpResponse<String> beyond = ask(skein, "/v1/graph?at=" + (head + 1_000_000));
        assertThat(beyond.statusCode()).isEqualTo(404);
        assertThat(beyond.body()).contains("the log ends at").contains("\"field\":\"at\"");
        HttpResponse<String> senseless = ask(skein, "/v1/graph?at=yesterday");
        assertThat(senseless.statusCode()).isEqualTo(400);
        HttpResponse<String> status = ask(skein, "/v1/status?at=1");
        assertThat(status.statusCode()).isEqualTo(400);
        HttpResponse<String> single = ask(skein, "/v1/networks?at=0");
        assertThat(single.body()).isEqualTo("[]");
        assertThat(single.headers().firstValue("Skein-Position")).contains("0");
    }

    private static List<JsonNode> answers(RunningSkein skein, String at) throws IOException, InterruptedException {
        List<JsonNode> answers = new ArrayList<>();
        for (String question : QUESTIONS) {
            answers.add(skein.get(question + at));
        }
        return answers;
    }

    private static HttpResponse<String> ask(RunningSkein skein, String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(skein.at(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Some talk, and a request that goes round in a circle. */
    private static void send(RunningSkein skein, int part) throws IOException, InterruptedException {
        List<Map<String, Object>> messages = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            Map<String, Object> message = new LinkedHashMap<>();
            message.put("messageId", "t" + part + "-" + i);
            message.put("networkId", NETWORK);
            message.put("conversationId", "c" + part);
            message.put("agentId", "agent-" + i % (3 + part));
            message.put("targetAgents", List.of("agent-" + (i + 1) % (3 + part)));
            message.put("type", "request");
            message.put("timestamp", Instant.now().toString());
            message.put("content", "do it");
            if (i > 0) {
                message.put("causationId", "t" + part + "-" + (i - 1));
            }
            messages.add(message);
        }
        HttpResponse<String> answer = skein.post(
                "/v1/messages", "application/json", KernelJson.mapper().writeValueAsString(messages));
        assertThat(answer.statusCode()).isEqualTo(200);
    }
}
