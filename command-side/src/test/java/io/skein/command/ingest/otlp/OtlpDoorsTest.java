package io.skein.command.ingest.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.skein.command.RunningCommandSide;
import io.skein.command.RunningCommandSide.Answer;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OtlpDoorsTest {
    private static final String PROTOBUF = "application/x-protobuf";
    private static RunningCommandSide side;

    @BeforeAll
    static void start() {
        side = RunningCommandSide.start(Map.of(
                "skein.otlp.grpc-port", "0",
                "skein.otlp.window", "1s",
                "skein.otlp.sweep-interval", "100ms"));
    }

    @AfterAll
    static void stop() {
        side.close();
    }

    private static int grpcPort() {
        return side.bean(OtlpGrpcServer.class).port();
    }

    private static SpanExporter exporter(String transport) {
        return transport.equals("grpc")
                ? OtlpGrpcSpanExporter.builder()
                        .setEndpoint("http://127.0.0.1:" + grpcPort())
                        .setCompression("gzip")
                        .build()
                : OtlpHttpSpanExporter.builder()
                        .setEndpoint(side.address() + "/v1/traces")
                        .setCompression("gzip")
                        .build();
    }

    private static Message message(List<Message> messages, String messageId) {
        return messages.stream()
                .filter(message -> message.messageId().value().equals(messageId))
                .findFirst()
                .orElseThrow(() -> new AssertionError(messageId + " is not among " + messages));
    }

    private static String q(Span span) {
        return span.getSpanContext().getTraceId() + "-" + span.getSpanContext().getSpanId() + ".q";
    }

    private static String r(Span span) {
        return span.getSpanContext().getTraceId() + "-" + span.getSpanContext().getSpanId() + ".r";
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "grpc"})
    void the_sdks_own_exporter_sends_a_fleets_trace_span_by_span_children_first(String transport) {
        try (SdkSpans sdk = new SdkSpans("shop", exporter(transport))) {
            Span planner = sdk.agent(
                    "planner",
                    null,
                    0,
                    "gen_ai.conversation.id",
                    "order-17",
                    "gen_ai.input.messages",
                    "[{\"role\":\"user\"}]");
            Span http = sdk.start("POST /buy", planner, SpanKind.CLIENT, 10);
            Span buyer = sdk.agent("buyer", http, 20);
            Span search = sdk.tool("search", buyer, 30, "gen_ai.tool.call.arguments", "{\"q\": 1.50}");
            search.setStatus(StatusCode.ERROR);
            search.setAttribute("error.type", "timeout");
            SdkSpans.end(search, 40);
            SdkSpans.end(buyer, 50);
            SdkSpans.end(http, 60);
            planner.setAttribute("gen_ai.output.messages", "done");
            SdkSpans.end(planner, 70);

            List<Message> messages =
                    LoggedMessages.await(side, planner.getSpanContext().getTraceId(), found -> found.size() == 6);
            assertThat(messages)
                    .extracting(message -> message.messageId().value())
                    .containsExactlyInAnyOrder(q(planner), r(planner), q(buyer), r(buyer), q(search), r(search));
            Message asked = message(messages, q(planner));
            assertThat(asked.agentId().value()).isEqualTo("shop");
            assertThat(asked.targetAgents().getFirst().value()).isEqualTo("planner");
            assertThat(asked.type()).isEqualTo(MessageType.REQUEST);
            assertThat(asked.conversationId()).hasToString("order-17");
            assertThat(asked.causationId()).isNull();
            assertThat(asked.timestamp()).isEqualTo(SdkSpans.EPOCH);
            assertThat(asked.content()).hasToString("[{\"role\":\"user\"}]");
            assertThat(asked.metadata().get("dialect")).hasToString("\"gen_ai\"");
            assertThat(asked.metadata().get("mappingVersion")).hasToString("\"1\"");
            assertThat(asked.metadata().get("service.name")).hasToString("\"shop\"");
            assertThat(asked.metadata().get("scope.name")).hasToString("\"io.skein.test\"");
            assertThat(asked.metadata().get("inferred")).hasToString("\"root\"");
            assertThat(message(messages, r(planner)).content()).hasToString("\"done\"");

            Message bought = message(messages, q(buyer));
            assertThat(bought.agentId().value()).isEqualTo("planner");
            assertThat(bought.causationId()).hasToString(q(planner));
            assertThat(bought.conversationId())
                    .hasToString(planner.getSpanContext().getTraceId());
            assertThat(bought.metadata()).doesNotContainKey("inferred");

            assertThat(message(messages, q(search)).content()).hasToString("{\"q\":1.50}");
            Message found = message(messages, r(search));
            assertThat(found.agentId().value()).isEqualTo("search");
            assertThat(found.targetAgents().getFirst().value()).isEqualTo("buyer");
            assertThat(found.causationId()).hasToString(q(search));
            assertThat(found.outcome()).isEqualTo(Outcome.TIMEOUT);
            assertThat(found.durationMillis()).isEqualTo(10.0);
            assertThat(found.metadata().get("error.type")).hasToString("\"timeout\"");
        }
    }

    @Test
    void a_whole_trace_in_one_export_comes_into_the_log_causes_before_effects() {
        try (SdkSpans sdk = new SdkSpans("shop")) {
            Span a = sdk.agent("a", null, 0);
            Span b = sdk.agent("b", a, 0);
            Span c = sdk.tool("c", b, 0);
            SdkSpans.end(c, 0);
            SdkSpans.end(b, 0);
            SdkSpans.end(a, 0);
            assertThat(side.post("/v1/traces", PROTOBUF, SdkSpans.protobuf(sdk.ended()))
                            .status())
                    .isEqualTo(200);
            assertThat(LoggedMessages.ofTrace(side, a.getSpanContext().getTraceId()))
                    .extracting(message -> message.messageId().value())
                    .containsExactly(q(a), q(b), q(c), r(c), r(b), r(a));
        }
    }

    @Test
    void json_with_hexadecimal_ids_says_the_same_as_protobuf() throws IOException {
        try (SdkSpans sdk = new SdkSpans("shop")) {
            Span root = sdk.agent("root", null, 0, "session.id", "s-1");
            Span tool = sdk.tool("tool", root, 5);
            SdkSpans.end(tool, 6);
            SdkSpans.end(root, 9);
            byte[] json = SdkSpans.json(sdk.ended());
            assertThat(OtlpJson.read(json)).isEqualTo(SdkSpans.request(sdk.ended()));
            Answer answer = side.post("/v1/traces", "application/json", gzip(json), "Content-Encoding", "gzip");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.response().headers().firstValue("Content-Type")).contains("application/json");
            assertThat(answer.body().isEmpty()).isTrue();
            List<Message> messages =
                    LoggedMessages.ofTrace(side, root.getSpanContext().getTraceId());
            assertThat(messages).hasSize(4);
            assertThat(message(messages, q(root)).conversationId()).hasToString("s-1");
            assertThat(message(messages, q(tool)).agentId().value()).isEqualTo("root");
        }
    }

    @Test
    void spans_that_are_sent_again_change_nothing() {
        try (SdkSpans sdk = new SdkSpans("again")) {
            Span root = sdk.agent("root", null, 0);
            SdkSpans.end(sdk.tool("tool", root, 5), 6);
            SdkSpans.end(root, 9);
            byte[] export = SdkSpans.protobuf(sdk.ended());
            assertThat(side.post("/v1/traces", PROTOBUF, export).status()).isEqualTo(200);
            assertThat(side.post("/v1/traces", PROTOBUF, export).status()).isEqualTo(200);
            side.execute("delete from otlp_span");
            assertThat(side.post("/v1/traces", PROTOBUF, export).status()).isEqualTo(200);
            assertThat(LoggedMessages.ofTrace(side, root.getSpanContext().getTraceId()))
                    .hasSize(4);
        }
    }

    @Test
    void a_genai_span_that_cannot_be_mapped_is_a_dead_letter_and_told_as_partial_success() throws IOException {
        try (SdkSpans sdk = new SdkSpans("broken")) {
            Span root = sdk.agent("root", null, 0);
            Span nameless = sdk.start("x", root, SpanKind.INTERNAL, 1, "gen_ai.operation.name", "invoke_agent");
            Span strange = sdk.start("y", nameless, SpanKind.INTERNAL, 1, "gen_ai.operation.name", "levitate");
            Span below = sdk.tool("below", strange, 2);
            SdkSpans.end(below, 3);
            SdkSpans.end(strange, 4);
            SdkSpans.end(nameless, 5);
            SdkSpans.end(root, 6);
            Answer json = side.post("/v1/traces", "application/json", SdkSpans.json(sdk.ended()));
            assertThat(json.status()).isEqualTo(200);
            assertThat(json.body().get("partialSuccess").get("rejectedSpans").asString())
                    .isEqualTo("2");
            assertThat(json.body().get("partialSuccess").get("errorMessage").asString())
                    .contains("gen_ai.operation.name");
            ExportTraceServiceResponse binary = ExportTraceServiceResponse.parseFrom(
                    post(PROTOBUF, SdkSpans.protobuf(sdk.ended())).body());
            assertThat(binary.getPartialSuccess().getRejectedSpans()).isEqualTo(2);
            assertThat(side.number(
                            "select count(*) from dead_letter where door = 'otlp' and attempts = 2 and message_id like '%"
                                    + nameless.getSpanContext().getSpanId()
                                    + "' and detail like '%gen_ai.agent.name is missing%'"))
                    .isEqualTo(1);
            List<Message> messages =
                    LoggedMessages.ofTrace(side, root.getSpanContext().getTraceId());
            assertThat(messages).hasSize(4);
            assertThat(message(messages, q(below)).agentId().value()).isEqualTo("root");
        }
    }

    @Test
    void a_span_whose_parent_never_comes_goes_on_without_it_when_the_window_ends() {
        try (SdkSpans sdk = new SdkSpans("orphanage")) {
            Span lost = sdk.agent("lost", null, 0);
            Span child = sdk.agent("child", lost, 1);
            Span grandchild = sdk.tool("grandchild", child, 2);
            SdkSpans.end(grandchild, 3);
            SdkSpans.end(child, 4);
            String trace = lost.getSpanContext().getTraceId();
            side.post("/v1/traces", PROTOBUF, SdkSpans.protobuf(sdk.ended()));
            assertThat(LoggedMessages.ofTrace(side, trace)).isEmpty();
            assertThat(side.number(
                            "select count(*) from otlp_span where waiting is not null and trace_id = '" + trace + "'"))
                    .isEqualTo(2);
            List<Message> messages = LoggedMessages.await(side, trace, found -> found.size() == 4);
            assertThat(message(messages, q(child)).agentId().value()).isEqualTo("orphanage");
            assertThat(message(messages, q(child)).metadata().get("inferred")).hasToString("\"window\"");
            assertThat(message(messages, q(child)).causationId()).isNull();
            assertThat(message(messages, q(grandchild)).agentId().value()).isEqualTo("child");
            assertThat(message(messages, q(grandchild)).metadata()).doesNotContainKey("inferred");

            // Late, the parent is told for itself; what was said of its child stays said.
            SdkSpans.end(lost, 9);
            assertThat(side.post("/v1/traces", PROTOBUF, SdkSpans.protobuf(sdk.ended()))
                            .status())
                    .isEqualTo(200);
            assertThat(LoggedMessages.ofTrace(side, trace)).hasSize(6);
        }
    }

    @Test
    void two_views_of_one_call_are_one_call() {
        try (SdkSpans caller = new SdkSpans("front");
                SdkSpans callee = new SdkSpans("back")) {
            Span planner = caller.agent("planner", null, 0);
            Span call = caller.start(
                    "invoke_agent buyer",
                    planner,
                    SpanKind.CLIENT,
                    1,
                    "gen_ai.operation.name",
                    "invoke_agent",
                    "gen_ai.agent.name",
                    "buyer");
            Span post = caller.start("POST", call, SpanKind.CLIENT, 2);
            Span served = callee.start("POST /buyer", post, SpanKind.SERVER, 3);
            Span work = callee.agent("buyer", served, 4);
            Span itself = callee.agent("buyer", work, 5);
            SdkSpans.end(itself, 6);
            SdkSpans.end(work, 7);
            SdkSpans.end(served, 8);
            SdkSpans.end(post, 9);
            SdkSpans.end(call, 10);
            SdkSpans.end(planner, 11);
            side.post("/v1/traces", PROTOBUF, SdkSpans.protobuf(callee.ended()));
            side.post("/v1/traces", PROTOBUF, SdkSpans.protobuf(caller.ended()));
            List<Message> messages =
                    LoggedMessages.ofTrace(side, planner.getSpanContext().getTraceId());
            assertThat(messages)
                    .extracting(message -> message.messageId().value())
                    .containsExactlyInAnyOrder(q(planner), r(planner), q(call), r(call), q(itself), r(itself));
            assertThat(message(messages, q(itself)).agentId().value()).isEqualTo("buyer");
            assertThat(message(messages, q(itself)).causationId()).hasToString(q(call));
        }
    }

    @Test
    void a_server_goes_on_with_the_spans_that_one_before_it_acknowledged() {
        Map<String, Object> patient = Map.of("skein.otlp.grpc-port", "-1", "skein.otlp.window", "1m");
        try (SdkSpans sdk = new SdkSpans("phoenix")) {
            Span root = sdk.agent("root", null, 0);
            Span tool = sdk.tool("tool", root, 5);
            SdkSpans.end(tool, 6);
            io.skein.embedded.TestDatabase database;
            try (RunningCommandSide first = RunningCommandSide.start(patient)) {
                database = first.database();
                first.post("/v1/traces", PROTOBUF, SdkSpans.protobuf(sdk.ended()));
                assertThat(first.number("select count(*) from otlp_span where waiting is not null"))
                        .isEqualTo(1);
                first.execute("create role otlp_test login in role skein_command");
            }
            SdkSpans.end(root, 9);
            List<SpanData> rest = sdk.ended().subList(1, 2);
            // The second one has no more rights than it needs.
            Map<String, Object> bound = new HashMap<>(patient);
            bound.put("skein.command.database.username", "otlp_test");
            bound.put("skein.otlp.sweep-interval", "50ms");
            try (RunningCommandSide second = RunningCommandSide.on(database, bound)) {
                second.post("/v1/traces", PROTOBUF, SdkSpans.protobuf(rest));
                List<Message> messages =
                        LoggedMessages.ofTrace(second, root.getSpanContext().getTraceId());
                assertThat(messages).hasSize(4);
                assertThat(message(messages, q(tool)).causationId()).hasToString(q(root));
                assertThat(second.number("select count(*) from otlp_span where waiting is not null"))
                        .isZero();
            }
        }
    }

    @Test
    void what_is_no_export_is_refused_in_the_form_it_came_in() throws IOException {
        HttpResponse<byte[]> protobuf = post(PROTOBUF, new byte[] {1, 2, 3});
        assertThat(protobuf.statusCode()).isEqualTo(400);
        assertThat(protobuf.headers().firstValue("Content-Type")).contains(PROTOBUF);
        assertThat(com.google.rpc.Status.parseFrom(protobuf.body()).getCode())
                .isEqualTo(com.google.rpc.Code.INVALID_ARGUMENT_VALUE);
        for (String json : List.of(
                "",
                "[]",
                "{",
                "{\"resourceSpans\": 7}",
                "{\"resourceSpans\": [], \"resourceSpans\": []}",
                "{} {}",
                "{\"a\":".repeat(5_000),
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"xyz\"}]}]}]}")) {
            Answer answer = side.post("/v1/traces", "application/json", json.getBytes(StandardCharsets.UTF_8));
            assertThat(answer.status()).as(json).isEqualTo(400);
            assertThat(answer.body().get("code").asInt()).isEqualTo(3);
            assertThat(answer.body().get("message").asString()).isNotEmpty();
        }
        assertThat(side.post("/v1/traces", "text/plain", new byte[] {'x'}).status())
                .isEqualTo(415);
        assertThat(side.post("/v1/traces", "application/json", new byte[] {'x'}, "Content-Encoding", "br")
                        .status())
                .isEqualTo(400);
        assertThat(side.post("/v1/traces", "application/json", gzip(new byte[64 << 20]), "Content-Encoding", "gzip")
                        .status())
                .isEqualTo(413);
        assertThat(side.post("/v1/traces", "application/json", new byte[33 << 20])
                        .status())
                .isEqualTo(413);
    }

    @Test
    void a_span_without_a_trace_is_rejected_but_its_neighbours_are_taken() {
        String body = """
                {"resourceSpans": [{"future": {"x": [1]}, "scopeSpans": [{"spans": [
                  {"spanId": "0000000000000001", "name": "no trace"},
                  {"traceId": "0000000000000000000000000000abcd", "spanId": "0000000000000002", "kind": 1, "startTimeUnixNano": "1763892000000000000",
                   "endTimeUnixNano": 1763892000500000000, "attributes": [
                     {"key": "openinference.span.kind", "value": {"stringValue": "AGENT"}},
                     {"key": "graph.node.id", "value": {"stringValue": "writer"}},
                     {"key": "graph.node.parent_id", "value": {"stringValue": "editor"}},
                     {"key": "input.value", "value": {"kvlistValue": {"values": [{"key": "n", "value": {"intValue": "7"}},
                        {"key": "d", "value": {"doubleValue": "NaN"}}]}}}]}]}]}]}""";
        Answer answer = side.post("/v1/traces", "application/json", body.getBytes(StandardCharsets.UTF_8));
        assertThat(answer.body().get("partialSuccess").get("rejectedSpans").asString())
                .isEqualTo("1");
        List<Message> messages = LoggedMessages.ofTrace(side, "0000000000000000000000000000abcd");
        assertThat(messages).hasSize(2);
        assertThat(messages.getFirst().agentId().value()).isEqualTo("editor");
        assertThat(messages.getFirst().targetAgents().getFirst().value()).isEqualTo("writer");
        assertThat(messages.getFirst().content()).hasToString("{\"n\":7,\"d\":\"NaN\"}");
        assertThat(messages.getFirst().metadata().get("dialect")).hasToString("\"openinference\"");
        assertThat(messages.getLast().durationMillis()).isEqualTo(500.0);
    }

    @Test
    void while_the_database_is_away_both_doors_ask_to_come_again() throws InterruptedException {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", grpcPort())
                .usePlaintext()
                .build();
        try (RunningCommandSide own = RunningCommandSide.start(Map.of("skein.otlp.grpc-port", "-1"));
                SdkSpans sdk = new SdkSpans("away")) {
            assertThat(own.bean(OtlpGrpcServer.class).port()).isEqualTo(-1);
            SdkSpans.end(sdk.agent("root", null, 0), 1);
            own.execute("alter table otlp_span rename to gone");
            Answer answer = own.post("/v1/traces", "application/json", SdkSpans.json(sdk.ended()));
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.response().headers().firstValue("Retry-After")).isPresent();
            own.execute("alter table gone rename to otlp_span");
            assertThat(own.post("/v1/traces", "application/json", SdkSpans.json(sdk.ended()))
                            .status())
                    .isEqualTo(200);

            side.execute("alter table otlp_span rename to gone");
            try {
                ExportTraceServiceRequest request = SdkSpans.request(sdk.ended());
                StatusRuntimeException refused =
                        org.assertj.core.api.Assertions.catchThrowableOfType(StatusRuntimeException.class, () -> {
                            ExportTraceServiceResponse ignored =
                                    TraceServiceGrpc.newBlockingStub(channel).export(request);
                        });
                assertThat(refused.getStatus().getCode()).isEqualTo(io.grpc.Status.Code.UNAVAILABLE);
                assertThat(StatusProto.fromThrowable(refused).getDetailsList())
                        .anySatisfy(detail -> assertThat(detail.is(com.google.rpc.RetryInfo.class))
                                .isTrue());
            } finally {
                side.execute("alter table gone rename to otlp_span");
            }
        } finally {
            channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    private static HttpResponse<byte[]> post(String contentType, byte[] body) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create(side.address() + "/v1/traces"))
                            .header("Content-Type", contentType)
                            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(bytes);
        }
        return compressed.toByteArray();
    }
}
