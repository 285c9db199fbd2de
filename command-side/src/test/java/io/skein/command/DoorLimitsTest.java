package io.skein.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.skein.command.RunningCommandSide.Answer;
import io.skein.command.ingest.otlp.OtlpGrpcServer;
import io.skein.command.kafka.KafkaTopics;
import io.skein.command.kafka.Topics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What no door lets in, and that it is kept with its reason. */
@SuppressWarnings("NullAway.Init")
class DoorLimitsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String JSON = "application/json";
    private static RunningCommandSide side;

    @BeforeAll
    static void start() {
        SharedKafka.removeTopics();
        Map<String, Object> settings = new LinkedHashMap<>(SharedKafka.settings());
        settings.put("skein.command.dead-letters.show-content", "true");
        side = RunningCommandSide.start(settings);
    }

    @AfterAll
    static void stop() {
        side.close();
    }

    /** Something that no JSON here may be. */
    enum Evil {
        NO_UTF_8("malformed") {
            @Override
            byte[] value() {
                return new byte[] {'"', (byte) 0xC3, (byte) 0x28, '"'};
            }
        },
        OVERLONG_UTF_8("malformed") {
            @Override
            byte[] value() {
                return new byte[] {'"', (byte) 0xC0, (byte) 0x80, '"'};
            }
        },
        DEEP("too_large") {
            @Override
            byte[] value() {
                return bytes("[".repeat(300) + "]".repeat(300));
            }
        },
        HUGE_NUMBER("too_large") {
            @Override
            byte[] value() {
                return bytes("1" + "0".repeat(5_000));
            }
        },
        TWICE("malformed") {
            @Override
            byte[] value() {
                return bytes("{\"a\":1,\"a\":2}");
            }
        };

        private final String reason;

        Evil(String reason) {
            this.reason = reason;
        }

        abstract byte[] value();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] around(String before, byte[] value, String after) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(bytes(before));
        all.writeBytes(value);
        all.writeBytes(bytes(after));
        return all.toByteArray();
    }

    private static byte[] message(String id, byte[] content) {
        return around(
                "{\"messageId\":\"" + id
                        + "\",\"agentId\":\"a\",\"type\":\"request\",\"timestamp\":\"2026-11-23T10:15:30Z\",\"content\":",
                content,
                "}");
    }

    private static long letters() {
        return side.number("select count(*) from dead_letter");
    }

    private static void refused(Evil evil, String path, String type, byte[] body, String... headers) {
        long before = letters();
        Answer answer = side.post(path, type, body, headers);
        assertThat(answer.status()).as(type).isEqualTo(evil.reason.equals("too_large") ? 413 : 400);
        assertThat(answer.body().get("reason").asString()).isEqualTo(evil.reason);
        assertThat(letters()).as(type).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @EnumSource
    void no_dialect_over_http_takes(Evil evil) {
        byte[] plain = message("e-" + evil, evil.value());
        refused(evil, "/v1/messages", JSON, plain);
        refused(
                evil,
                "/v1/messages",
                "application/cloudevents+json",
                around(
                        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"request\",\"data\":",
                        plain,
                        "}"));
        refused(
                evil,
                "/v1/messages",
                JSON,
                around("{\"content\":", evil.value(), "}"),
                "ce-specversion",
                "1.0",
                "ce-id",
                "e",
                "ce-source",
                "s",
                "ce-type",
                "request",
                "ce-time",
                "2026-11-23T10:15:30Z");
        refused(
                evil,
                "/v1/messages?agent=p&target=b&timestamp=2026-11-23T10:15:30Z",
                "application/a2a+json",
                around(
                        "{\"messageId\":\"m\",\"role\":\"ROLE_USER\",\"parts\":[{\"data\":{\"x\":",
                        evil.value(),
                        "}}]}"));
        long before = letters();
        Answer lines = side.post(
                "/v1/messages",
                "application/x-ndjson",
                around(
                        new String(message("ok-1" + evil, bytes("1")), StandardCharsets.UTF_8) + "\n",
                        plain,
                        "\n" + new String(message("ok-2" + evil, bytes("1")), StandardCharsets.UTF_8)));
        assertThat(lines.body().get("recorded").asInt()).isEqualTo(2);
        assertThat(lines.body().at("/results/1/problem/reason").asString()).isEqualTo(evil.reason);
        // The same bytes came before, alone.
        assertThat(letters()).isEqualTo(before);
        Answer traces = side.post(
                "/v1/traces",
                JSON,
                around(
                        "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"k\",\"value\":{\"stringValue\":",
                        evil.value(),
                        "}}]}}]}"));
        assertThat(traces.status()).isEqualTo(400);
        assertThat(letters()).isEqualTo(before + 1);
    }

    @Test
    void the_topic_takes_none_of_them_either() throws Exception {
        SharedKafka.eventually(PATIENCE, side.bean(KafkaTopics.class)::isReady);
        try (KafkaProducer<byte[], byte[]> producer = SharedKafka.producer(SharedKafka.bootstrap())) {
            for (Evil evil : Evil.values()) {
                producer.send(SharedKafka.record(Topics.RAW, "e", message("k-" + evil, evil.value())));
                ProducerRecord<byte[], byte[]> event =
                        SharedKafka.record(Topics.RAW, "e", around("{\"content\":", evil.value(), "}"));
                event.headers().add("ce_specversion", bytes("1.0"));
                producer.send(event);
            }
            producer.send(SharedKafka.record(Topics.RAW, "e", message("behind-evil", bytes("1"))))
                    .get();
        }
        SharedKafka.eventually(
                PATIENCE,
                () -> side.number("select count(*) from dead_letter where door = 'kafka'")
                        == 2L * Evil.values().length);
        SharedKafka.eventually(
                PATIENCE,
                () -> side.number(
                                "select count(*) from event_log where convert_from(payload, 'UTF8') like '%\"behind-evil\"%'")
                        == 1);
    }

    private static KeyValue attribute(String key, AnyValue value) {
        return KeyValue.newBuilder().setKey(key).setValue(value).build();
    }

    private static AnyValue text(String text) {
        return AnyValue.newBuilder().setStringValue(text).build();
    }

    private static byte[] export(KeyValue attribute) {
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setResource(Resource.newBuilder().addAttributes(attribute)))
                .build()
                .toByteArray();
    }

    @Test
    void protobuf_that_is_no_utf_8_or_too_deep_is_refused_and_kept() {
        byte[] broken = export(attribute("k", text("@@")));
        for (int i = 0; i < broken.length; i++) {
            if (broken[i] == '@') {
                broken[i] = (byte) 0xFF;
            }
        }
        AnyValue deep = text("bottom");
        for (int i = 0; i < 200; i++) {
            deep = AnyValue.newBuilder()
                    .setArrayValue(ArrayValue.newBuilder().addValues(deep))
                    .build();
        }
        for (byte[] body : java.util.List.of(broken, export(attribute("k", deep)))) {
            long before = letters();
            assertThat(side.post("/v1/traces", "application/x-protobuf", body)
                            .response()
                            .statusCode())
                    .isEqualTo(400);
            assertThat(letters()).isEqualTo(before + 1);
        }
    }

    private static byte[] bomb() throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            byte[] blank = new byte[1 << 20];
            java.util.Arrays.fill(blank, (byte) ' ');
            for (int i = 0; i < 40; i++) {
                gzip.write(blank);
            }
        }
        return compressed.toByteArray();
    }

    @Test
    void a_compressed_bomb_is_refused_while_it_unpacks() throws Exception {
        byte[] bomb = bomb();
        for (String type : java.util.List.of(
                JSON, "application/x-ndjson", "application/cloudevents+json", "application/a2a+json")) {
            Answer answer = side.post("/v1/messages", type, bomb, "Content-Encoding", "gzip");
            assertThat(answer.status()).as(type).isEqualTo(413);
            assertThat(answer.body().get("detail").asString()).contains("grows to more than 200 times");
        }
        for (String type : java.util.List.of(JSON, "application/x-protobuf")) {
            assertThat(side.post("/v1/traces", type, bomb, "Content-Encoding", "gzip")
                            .status())
                    .isEqualTo(413);
        }
        ManagedChannel channel = NettyChannelBuilder.forAddress(
                        "127.0.0.1", side.bean(OtlpGrpcServer.class).port())
                .usePlaintext()
                .build();
        try {
            ExportTraceServiceRequest large = ExportTraceServiceRequest.parseFrom(export(attribute(
                    "k",
                    AnyValue.newBuilder()
                            .setBytesValue(ByteString.copyFrom(new byte[40 << 20]))
                            .build())));
            StatusRuntimeException refused = org.assertj.core.api.Assertions.catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> TraceServiceGrpc.newBlockingStub(channel)
                            .withCompression("gzip")
                            .export(large));
            // The library stops unpacking at the limit, and calls it unknown; both words tell a client not to try
            // again.
            assertThat(refused.getStatus().getCode()).isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.UNKNOWN);
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void a_body_without_end_is_cut_off_at_the_limit_not_read() {
        long offered = 512L << 20;
        AtomicLong taken = new AtomicLong();
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return taken.incrementAndGet() > offered ? -1 : ' ';
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                if (taken.addAndGet(length) > offered) {
                    return -1;
                }
                java.util.Arrays.fill(buffer, offset, offset + length, (byte) ' ');
                return length;
            }
        };
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(URI.create(side.address() + "/v1/messages"))
                            .header("Content-Type", JSON)
                            .POST(HttpRequest.BodyPublishers.ofInputStream(() -> endless))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(413);
        } catch (IOException closed) {
            assertThat(closed).isNotNull();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        assertThat(taken.get()).isBetween(32L << 20, 128L << 20);
    }

    @Test
    void a_span_that_could_not_be_mapped_is_tried_again_as_a_span() {
        Span span = Span.newBuilder()
                .setTraceId(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}))
                .setSpanId(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}))
                .setStartTimeUnixNano(1_795_000_000_000_000_000L)
                .setEndTimeUnixNano(1_795_000_001_000_000_000L)
                .addAttributes(attribute("gen_ai.operation.name", text("invoke_agent")))
                .build();
        Answer sent = side.post("/v1/traces", "application/x-protobuf", request(spans(span)));
        assertThat(sent.response().statusCode()).isEqualTo(200);
        String id = "0102030405060708090a0b0c0d0e0f10-0102030405060708";
        String which = " from dead_letter where dialect = 'otlp_span' and message_id = '" + id + "'";
        assertThat(side.number("select count(*)" + which)).isEqualTo(1);
        long letter = side.number("select dead_letter_id" + which);
        assertThat(side.post("/v1/dead-letters/" + letter + "/retry", "").status())
                .isEqualTo(400);
        assertThat(side.number("select attempts" + which)).isEqualTo(2);
        // As if a later version could map it.
        ResourceSpans mended = spans(span.toBuilder()
                .addAttributes(attribute("gen_ai.agent.name", text("mended")))
                .build());
        side.execute("update dead_letter set original = '\\x"
                + java.util.HexFormat.of().formatHex(mended.toByteArray()) + "' where dead_letter_id = " + letter);
        assertThat(side.post("/v1/dead-letters/" + letter + "/retry", "").status())
                .isEqualTo(200);
        assertThat(side.number("select count(*)" + which)).isZero();
        SharedKafka.eventually(
                PATIENCE,
                () -> side.number("select count(*) from event_log where convert_from(payload, 'UTF8') like '%\"" + id
                                + ".q\"%' and aggregate_id not like 'act:%'")
                        >= 1);
    }

    private static ResourceSpans spans(Span span) {
        return ResourceSpans.newBuilder()
                .setResource(Resource.newBuilder().addAttributes(attribute("service.name", text("caller"))))
                .addScopeSpans(ScopeSpans.newBuilder().addSpans(span))
                .build();
    }

    private static byte[] request(ResourceSpans spans) {
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(spans)
                .build()
                .toByteArray();
    }

    @Test
    void content_is_masked_unless_asked_for_and_the_question_is_in_the_log() {
        side.post("/v1/messages", JSON, bytes("{\"agentId\": \"Secret-1\", \"content\": [\"Straße 12\""));
        long letter = side.number("select max(dead_letter_id) from dead_letter");
        Answer masked = side.get("/v1/dead-letters/" + letter);
        assertThat(masked.body().get("text").asString())
                .isEqualTo("{\"xxxxxxx\": \"xxxxxx-0\", \"xxxxxxx\": [\"xxxxxx 00\"");
        assertThat(masked.body().get("masked").asBoolean()).isTrue();
        String acts =
                "select count(*) from event_log where convert_from(payload, 'UTF8') like '%\"dead_letter.show\"%'";
        assertThat(side.number(acts)).isZero();
        Answer shown = side.get("/v1/dead-letters/" + letter + "?unmasked=true");
        assertThat(shown.body().get("text").asString()).contains("Secret-1", "Straße 12");
        assertThat(side.number(acts)).isEqualTo(1);
        assertThat(side.get("/v1/dead-letters/" + letter + "?secret=1").status())
                .isEqualTo(400);
        assertThat(side.get("/v1/dead-letters/999999999").status()).isEqualTo(404);
    }

    @Test
    void letters_are_counted_filtered_and_paged_and_each_discard_is_an_act_with_its_reason() {
        for (int i = 0; i < 5; i++) {
            side.post(
                    "/v1/messages",
                    JSON,
                    bytes("{\"networkId\":\"paged\",\"messageId\":\"p" + i + "\",\"agentId\":7}"));
        }
        Answer first = side.get("/v1/dead-letters?network=paged&reason=invalid&door=http&limit=3");
        assertThat(first.body().at("/counts/invalid").asInt()).isEqualTo(5);
        assertThat(first.body().get("items")).hasSize(3);
        Answer second = side.get("/v1/dead-letters?network=paged&limit=2&cursor="
                + first.body().get("next").asString());
        assertThat(second.body().get("items")).hasSize(2);
        assertThat(second.body().get("next")).isNull();
        assertThat(side.get("/v1/dead-letters?network=paged&door=kafka").body().get("items"))
                .isEmpty();
        assertThat(side.get("/v1/dead-letters?reason=nonsense").status()).isEqualTo(400);
        long letter = second.body().at("/items/0/deadLetterId").asLong();
        assertThat(side.post("/v1/dead-letters/" + letter + "/discard", "{}").status())
                .isEqualTo(400);
        assertThat(side.post("/v1/dead-letters/" + letter + "/discard", "{\"reason\":\"a test of ours\"}")
                        .status())
                .isEqualTo(200);
        assertThat(side.number("""
                select count(*) from event_log where convert_from(payload, 'UTF8') like '%"dead_letter.discard"%'
                and convert_from(payload, 'UTF8') like '%"a test of ours"%'""")).isEqualTo(1);
        assertThat(side.get("/v1/dead-letters?network=paged")
                        .body()
                        .at("/counts/invalid")
                        .asInt())
                .isEqualTo(4);
    }
}
