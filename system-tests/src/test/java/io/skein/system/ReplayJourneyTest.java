package io.skein.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.eventlog.KernelJson;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What happened is told once more, into lines, a socket and a topic, and nothing follows from it. */
class ReplayJourneyTest {
    private static final String NETWORK = "replayed";

    @Test
    void a_stretch_of_the_log_is_told_again_in_order_and_changes_nothing() throws Exception {
        RunningSkein skein = RunningSkein.shared();
        send(skein);
        skein.awaitCaughtUp();
        Thread.sleep(1_500);
        skein.awaitCaughtUp();
        String messages = "network=" + NETWORK + "&type=MessageRecorded";
        List<JsonNode> audited = skein.all("/v1/audit?limit=1000&" + messages);

        List<JsonNode> lines = lines(skein, "/v1/replay?" + messages);
        assertThat(lines.stream().map(line -> line.path("position").asLong()))
                .containsExactlyElementsOf(audited.stream()
                        .map(entry -> entry.path("position").asLong())
                        .toList());
        assertThat(lines.getFirst()
                        .path("event")
                        .path("message")
                        .path("content")
                        .asString())
                .isEqualTo("do it");
        long middle = lines.get(lines.size() / 2).path("position").asLong();
        assertThat(lines(skein, "/v1/replay?from=" + middle + "&" + messages))
                .isEqualTo(lines.subList(lines.size() / 2 + 1, lines.size()));
        assertThat(lines(skein, "/v1/replay?to=" + middle + "&" + messages))
                .isEqualTo(lines.subList(0, lines.size() / 2 + 1));

        assertThat(overSocket(skein, "speed=50&" + messages)).isEqualTo(lines);

        JsonNode sent = operation(
                skein,
                "/v1/replay",
                Map.of("topic", "once-more", "network", NETWORK, "type", "MessageRecorded", "reason", "to try"));
        assertThat(sent.path("result").path("events").asLong()).isEqualTo(lines.size());
        assertThat(consume(skein, "once-more", lines.size()))
                .containsExactlyElementsOf(lines.stream()
                        .map(line -> line.path("position").asString())
                        .toList());
        HttpResponse<String> ours =
                skein.post("/v1/replay", "application/json", "{\"topic\": \"agent-events\", \"reason\": \"x\"}");
        assertThat(await(
                                skein,
                                KernelJson.mapper()
                                        .readTree(ours.body())
                                        .path("operationId")
                                        .asString())
                        .path("state")
                        .asString())
                .isEqualTo("failed");

        JsonNode identity = operation(skein, "/v1/what-if", Map.of("reason", "the same again"));
        assertThat(identity.path("result").path("alerts").asLong()).isPositive();
        assertThat(identity.path("result").path("differences")).isEmpty();
        assertThat(identity.path("result").path("quarantines")).isEmpty();
        assertThat(identity.path("result").path("notInTheLog")).isEmpty();

        assertThat(skein.all("/v1/audit?limit=1000&" + messages)).isEqualTo(audited);
        assertThat(lines(skein, "/v1/replay?type=AuditAccessed")).isNotNull();
    }

    private static List<JsonNode> lines(RunningSkein skein, String path) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(skein.at(path)).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body().lines().map(KernelJson.mapper()::readTree).toList();
    }

    private static List<JsonNode> overSocket(RunningSkein skein, String query) throws Exception {
        List<JsonNode> frames = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<Integer> closed = new CompletableFuture<>();
        HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(
                        URI.create(skein.at("/replay?" + query).toString().replace("http:", "ws:")),
                        new WebSocket.Listener() {
                            private final StringBuilder frame = new StringBuilder();

                            @Override
                            public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                                frame.append(data);
                                if (last) {
                                    frames.add(KernelJson.mapper().readTree(frame.toString()));
                                    frame.setLength(0);
                                }
                                socket.request(1);
                                return CompletableFuture.completedFuture(socket);
                            }

                            @Override
                            public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
                                closed.complete(code);
                                return CompletableFuture.completedFuture(socket);
                            }
                        })
                .get(10, TimeUnit.SECONDS);
        assertThat(closed.get(60, TimeUnit.SECONDS)).isEqualTo(1000);
        assertThat(frames.getLast().has("end")).isTrue();
        return List.copyOf(frames.subList(0, frames.size() - 1));
    }

    private static List<String> consume(RunningSkein skein, String topic, int expected) {
        List<String> positions = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", skein.server.kafka(),
                        "group.id", "replay-test",
                        "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic));
            Instant deadline = Instant.now().plusSeconds(30);
            while (positions.size() < expected && Instant.now().isBefore(deadline)) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    positions.add(new String(
                            record.headers().lastHeader("position").value(), java.nio.charset.StandardCharsets.UTF_8));
                }
            }
        }
        return positions.stream()
                .sorted(java.util.Comparator.comparingLong(Long::parseLong))
                .toList();
    }

    private static JsonNode operation(RunningSkein skein, String path, Map<String, Object> body) throws Exception {
        HttpResponse<String> answer =
                skein.post(path, "application/json", KernelJson.mapper().writeValueAsString(body));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        JsonNode done = await(
                skein,
                KernelJson.mapper().readTree(answer.body()).path("operationId").asString());
        assertThat(done.path("state").asString()).as(done.toString()).isEqualTo("done");
        return done;
    }

    private static JsonNode await(RunningSkein skein, String operation) throws Exception {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (System.nanoTime() < deadline) {
            for (JsonNode one : skein.get("/v1/projections/operations").path("items")) {
                if (one.path("operationId").asString().equals(operation)
                        && !one.path("state").asString().equals("running")) {
                    return one;
                }
            }
            Thread.sleep(50);
        }
        throw new AssertionError("operation " + operation + " did not end");
    }

    /** A request that goes round in a circle of three. */
    private static void send(RunningSkein skein) throws Exception {
        List<Map<String, Object>> messages = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Map<String, Object> message = new LinkedHashMap<>();
            message.put("messageId", "again-" + i);
            message.put("networkId", NETWORK);
            message.put("conversationId", "again");
            message.put("agentId", "agent-" + i % 3);
            message.put("targetAgents", List.of("agent-" + (i + 1) % 3));
            message.put("type", "request");
            message.put("timestamp", Instant.now().toString());
            message.put("content", "do it");
            if (i > 0) {
                message.put("causationId", "again-" + (i - 1));
            }
            messages.add(message);
        }
        assertThat(skein.post(
                                "/v1/messages",
                                "application/json",
                                KernelJson.mapper().writeValueAsString(messages))
                        .statusCode())
                .isEqualTo(200);
    }
}
