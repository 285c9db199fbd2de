package io.skein.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.rpc.RetryInfo;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.skein.client.AgentMessageBus;
import io.skein.client.BufferSettings;
import io.skein.client.BusException;
import io.skein.client.DeliverySettings;
import io.skein.client.HttpMessageBus;
import io.skein.client.OutgoingMessage;
import io.skein.command.RunningCommandSide.Answer;
import io.skein.command.ingest.otlp.OtlpGrpcServer;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What senders are told while the log takes nothing, and that nothing of theirs is lost. */
@SuppressWarnings("NullAway.Init")
class FullDoorsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static RunningCommandSide side;

    @BeforeAll
    static void start() {
        side = RunningCommandSide.start(Map.of(
                "skein.command.ingest.max-messages-in-flight", "5",
                "skein.command.ingest.overload-wait", "50ms",
                "skein.otlp.max-concurrent-exports", "1",
                "skein.command.group-commit.timeout", "1500ms"));
    }

    @AfterAll
    static void stop() {
        side.close();
    }

    private static String message(String id, String agent) {
        return "{\"messageId\":\"%s\",\"agentId\":\"%s\",\"type\":\"request\",\"timestamp\":\"2026-11-23T10:15:30Z\"}"
                .formatted(id, agent);
    }

    private static String several(String prefix, int count) {
        StringBuilder all = new StringBuilder("[");
        for (int i = 0; i < count; i++) {
            all.append(i == 0 ? "" : ",").append(message(prefix + i, prefix + i % 5));
        }
        return all.append("]").toString();
    }

    /** Nothing can be appended until it is closed. */
    private static final class Stuck implements AutoCloseable {
        private final Connection connection;

        Stuck() throws SQLException {
            connection = side.database().owner().getConnection();
            connection.setAutoCommit(false);
            try (Statement lock = connection.createStatement()) {
                lock.execute("lock table event_log in exclusive mode");
            }
        }

        @Override
        public void close() throws SQLException {
            connection.rollback();
            connection.close();
        }
    }

    @Test
    void a_full_door_says_when_to_come_again_to_one_and_to_several_messages() throws Exception {
        CompletableFuture<Answer> first;
        try (Stuck log = new Stuck()) {
            first = CompletableFuture.supplyAsync(() -> side.post("/v1/messages", several("filling", 5)));
            Thread.sleep(300);
            Answer one = side.post("/v1/messages", message("too-many", "z"));
            assertThat(one.status()).isEqualTo(429);
            assertThat(one.body().get("reason").asString()).isEqualTo("overloaded");
            assertThat(one.response().headers().firstValue("Retry-After")).contains("1");
            Answer batch = side.post("/v1/messages", several("batch", 3));
            assertThat(batch.status()).isEqualTo(200);
            assertThat(batch.body().get("refused").asInt()).isEqualTo(3);
            assertThat(batch.body().at("/results/0/problem/reason").asString()).isEqualTo("overloaded");
            assertThat(batch.response().headers().firstValue("Retry-After")).contains("1");
            Answer away = first.join();
            assertThat(away.body().at("/results/0/problem/reason").asString()).isEqualTo("log_unavailable");
            assertThat(away.response().headers().firstValue("Retry-After")).contains("1");
            assertThat(side.number("select count(*) from dead_letter")).isZero();
        }
        SharedKafka.eventually(
                PATIENCE,
                () -> side.post("/v1/messages", several("batch", 3))
                                .body()
                                .get("refused")
                                .asInt()
                        == 0);
        assertThat(side.post("/v1/messages", several("batch", 3))
                        .response()
                        .headers()
                        .firstValue("Retry-After"))
                .isEmpty();
    }

    private static ExportTraceServiceRequest export(int id) {
        byte[] spanId = {1, 1, 1, 1, 1, 1, 1, (byte) id};
        byte[] traceId = new byte[16];
        traceId[15] = (byte) id;
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .addScopeSpans(ScopeSpans.newBuilder()
                                .addSpans(Span.newBuilder()
                                        .setTraceId(ByteString.copyFrom(traceId))
                                        .setSpanId(ByteString.copyFrom(spanId))
                                        .setStartTimeUnixNano(1_795_000_000_000_000_000L)
                                        .setEndTimeUnixNano(1_795_000_001_000_000_000L)
                                        .addAttributes(attribute("gen_ai.operation.name", "invoke_agent"))
                                        .addAttributes(attribute("gen_ai.agent.name", "full-" + id)))))
                .build();
    }

    private static KeyValue attribute(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }

    @Test
    void both_otlp_doors_say_when_to_come_again() throws Exception {
        ManagedChannel channel = NettyChannelBuilder.forAddress(
                        "127.0.0.1", side.bean(OtlpGrpcServer.class).port())
                .usePlaintext()
                .build();
        try (Stuck log = new Stuck()) {
            CompletableFuture<Answer> first = CompletableFuture.supplyAsync(() ->
                    side.post("/v1/traces", "application/x-protobuf", export(1).toByteArray()));
            Thread.sleep(300);
            Answer second =
                    side.post("/v1/traces", "application/x-protobuf", export(2).toByteArray());
            assertThat(second.status()).isEqualTo(429);
            assertThat(second.response().headers().firstValue("Retry-After")).contains("1");
            StatusRuntimeException refused = org.assertj.core.api.Assertions.catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> TraceServiceGrpc.newBlockingStub(channel).export(export(3)));
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(StatusProto.fromThrowable(refused)
                            .getDetails(0)
                            .unpack(RetryInfo.class)
                            .getRetryDelay()
                            .getSeconds())
                    .isEqualTo(1);
            Answer away = first.join();
            assertThat(away.status()).isEqualTo(503);
            assertThat(away.response().headers().firstValue("Retry-After")).contains("1");
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void the_client_waits_out_429_and_503_of_the_real_door_and_loses_doubles_and_reorders_nothing() throws Exception {
        try (AgentMessageBus bus = HttpMessageBus.to(
                        URI.create(side.address()), BufferSettings.in(SharedKafka.folder("skein-http-bus-")))
                .requestTimeout(Duration.ofSeconds(10))
                .delivery(DeliverySettings.defaults()
                        .batch(3, 1 << 20)
                        .backoff(Duration.ofMillis(20), Duration.ofMillis(300))
                        .breaker(3, Duration.ofMillis(300)))
                .open()) {
            try (Stuck log = new Stuck()) {
                CompletableFuture<Answer> others = new CompletableFuture<>();
                Thread.ofVirtual().start(() -> others.complete(side.post("/v1/messages", several("others", 5))));
                Thread.sleep(200);
                for (int i = 0; i < 40; i++) {
                    bus.send(OutgoingMessage.request("http-client")
                            .messageId("hc" + i)
                            .build());
                }
                SharedKafka.eventually(PATIENCE, () -> bus.metrics().retries() > 1);
                BusException trouble = bus.metrics().lastTrouble();
                assertThat(trouble).isNotNull();
                assertThat(trouble.reason()).isIn(BusException.Reason.OVERLOADED, BusException.Reason.UNAVAILABLE);
                assertThat(bus.metrics().bufferedMessages()).isEqualTo(40);
                others.join();
            }
            assertThat(bus.flush(PATIENCE)).isTrue();
            assertThat(bus.metrics().refused()).isZero();
        }
        assertThat(side.number(
                        "select count(*) from event_log where aggregate_id = 'default/http-client' and sequence > 0"))
                .isEqualTo(40);
        assertThat(side.number("""
                select count(*) from (select substr(convert_from(payload, 'UTF8')::json->'message'->>'messageId', 3)::int n,
                    lag(substr(convert_from(payload, 'UTF8')::json->'message'->>'messageId', 3)::int) over (order by position) before
                    from event_log where aggregate_id = 'default/http-client' and sequence > 0) s
                where before is not null and n <= before""")).isZero();
    }
}
