package io.skein.client;

import static io.skein.client.HttpMessageBusTest.failure;
import static io.skein.client.HttpMessageBusTest.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skein.client.BusException.Reason;
import io.skein.embedded.EmbeddedKafkaServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaMessageBusTest {
    private static final DeliverySettings QUICK = DeliverySettings.defaults()
            .backoff(Duration.ofMillis(20), Duration.ofMillis(200))
            .breaker(3, Duration.ofMillis(300))
            .closeWithin(Duration.ofMillis(200));

    private static EmbeddedKafkaServer kafka;

    @TempDir
    private static Path kafkaFolder;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafkaServer.start(kafkaFolder, 0);
        RawTopic.create(kafka.bootstrapServers(), KafkaMessageBus.DEFAULT_TOPIC, 4, Map.of());
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void a_message_arrives_as_json_under_its_agents_id_and_the_receipt_says_where() throws Exception {
        try (KafkaMessageBus bus =
                to(kafka.bootstrapServers(), KafkaMessageBus.DEFAULT_TOPIC).open()) {
            bus.check();
            OutgoingMessage message = OutgoingMessage.response("küfer", "b")
                    .messageId("round-1")
                    .content("😀")
                    .build();
            Receipt receipt = bus.send(message).get(20, TimeUnit.SECONDS);
            assertThat(receipt.status()).isEqualTo(Receipt.Status.ACCEPTED);
            assertThat(receipt.place()).matches("agent-messages-raw/\\d@\\d+");
            RawTopic.Record record = RawTopic.read(kafka.bootstrapServers(), KafkaMessageBus.DEFAULT_TOPIC).stream()
                    .filter(each -> each.messageId().equals("round-1"))
                    .findFirst()
                    .orElseThrow();
            assertThat(record.key()).isEqualTo("küfer");
            assertThat(record.value())
                    .isEqualTo(
                            "{\"messageId\":\"round-1\",\"networkId\":\"default\",\"agentId\":\"küfer\",\"targetAgents\":[\"b\"],"
                                    + "\"type\":\"response\",\"timestamp\":\"" + message.timestamp()
                                    + "\",\"content\":\"😀\"}");
        }
    }

    @Test
    void a_topic_that_appears_later_gets_what_was_kept() throws Exception {
        String topic = "late-topic";
        try (KafkaMessageBus bus = to(kafka.bootstrapServers(), topic).open()) {
            BusException why = failure(bus.send(message("a", 1)));
            assertThat(why.reason()).isEqualTo(Reason.MISSING_TOPIC);
            assertThat(why.subject()).isEqualTo("topic late-topic at Kafka " + kafka.bootstrapServers());
            assertThat(why.isKept()).isTrue();
            assertThatThrownBy(bus::check).hasMessageContaining("late-topic").hasMessageContaining("does not exist");
            RawTopic.create(kafka.bootstrapServers(), topic, 1, Map.of());
            assertThat(bus.flush(Duration.ofSeconds(30))).isTrue();
            assertThat(RawTopic.ids(kafka.bootstrapServers(), topic)).containsExactly("a-1");
        }
    }

    @Test
    void a_record_too_large_for_the_topic_is_given_up_alone() throws Exception {
        String topic = "small-topic";
        RawTopic.create(kafka.bootstrapServers(), topic, 1, Map.of("max.message.bytes", "20000"));
        try (KafkaMessageBus bus = to(kafka.bootstrapServers(), topic).open()) {
            CompletableFuture<Receipt> before = bus.send(message("a", 1));
            CompletableFuture<Receipt> large = bus.send(OutgoingMessage.request("a")
                    .messageId("a-2")
                    .content("x".repeat(30_000))
                    .build());
            CompletableFuture<Receipt> after = bus.send(message("a", 3));
            BusException why = failure(large);
            assertThat(why.reason()).isEqualTo(Reason.REFUSED_TOO_LARGE);
            assertThat(why.getMessage()).contains("message a-2", "max.message.bytes", "raise them to at least");
            before.get(20, TimeUnit.SECONDS);
            after.get(20, TimeUnit.SECONDS);
            assertThat(RawTopic.ids(kafka.bootstrapServers(), topic)).containsExactly("a-1", "a-3");
            assertThat(folder.resolve("buffer-small-topic").resolve("refused.ndjson"))
                    .content()
                    .contains("a-2");
        }
    }

    @Test
    void an_unknown_host_is_told_at_once_and_the_message_is_kept() throws Exception {
        try (KafkaMessageBus bus = to("no-such-host.invalid:9092", "t").open()) {
            BusException why = failure(bus.send(message("a", 1)));
            assertThat(why.reason()).isEqualTo(Reason.UNKNOWN_HOST);
            assertThat(why.getMessage()).contains("no-such-host.invalid:9092", "bootstrap servers");
            assertThat(bus.metrics().bufferedMessages()).isEqualTo(1);
            assertThatThrownBy(bus::check).hasMessageContaining("UNKNOWN_HOST");
        }
    }

    @Test
    void settings_that_break_the_promises_are_not_taken() {
        assertThatThrownBy(() -> to("h:1", "t").kafkaProperty("acks", "1"))
                .hasMessageContaining("order and safety rest on it");
        assertThatThrownBy(() -> to("h:1", "t")
                        .security(KafkaMessageBus.Security.SASL_SSL)
                        .open())
                .hasMessageContaining("without key and secret");
    }

    @Test
    void wrong_secret_and_missing_rights_are_told_apart() throws Exception {
        Path data = folder.resolve("secured");
        try (EmbeddedKafkaServer secured = EmbeddedKafkaServer.start(
                data,
                0,
                Map.of(
                        "listener.security.protocol.map",
                        "BROKER:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                        "sasl.enabled.mechanisms",
                        "PLAIN",
                        "sasl.mechanism.inter.broker.protocol",
                        "PLAIN",
                        "listener.name.broker.plain.sasl.jaas.config",
                        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"admin\" password=\"admin-secret\" "
                                + "user_admin=\"admin-secret\" user_agent=\"agent-secret\";",
                        "authorizer.class.name",
                        "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                        "super.users",
                        "User:admin;User:ANONYMOUS"))) {
            RawTopic.create(
                    secured.bootstrapServers(),
                    KafkaMessageBus.DEFAULT_TOPIC,
                    1,
                    Map.of(),
                    RawTopic.plain("admin", "admin-secret"));
            try (KafkaMessageBus bus =
                    secured(secured, "agent", "guessed-secret").open()) {
                BusException why = failure(bus.send(message("a", 1)));
                assertThat(why.reason()).isEqualTo(Reason.BAD_CREDENTIALS);
                assertThat(why.getMessage())
                        .contains("key agent", "check apiKey")
                        .doesNotContain("guessed-secret");
                assertThatThrownBy(bus::check).hasMessageContaining("BAD_CREDENTIALS");
            }
            try (KafkaMessageBus bus = secured(secured, "agent", "agent-secret").open()) {
                BusException why = failure(bus.send(message("a", 2)));
                assertThat(why.reason()).isEqualTo(Reason.MISSING_RIGHTS);
                assertThat(why.getMessage()).contains("topic agent-messages-raw", "key agent", "WRITE", "ACL");
                assertThatThrownBy(bus::check).hasMessageContaining("MISSING_RIGHTS");
                RawTopic.allowWriting(
                        secured.bootstrapServers(),
                        KafkaMessageBus.DEFAULT_TOPIC,
                        "agent",
                        RawTopic.plain("admin", "admin-secret"));
                assertThat(bus.flush(Duration.ofSeconds(30))).isTrue();
                assertThat(RawTopic.ids(
                                secured.bootstrapServers(),
                                KafkaMessageBus.DEFAULT_TOPIC,
                                RawTopic.plain("admin", "admin-secret")))
                        .containsExactly("a-1", "a-2");
            }
        }
    }

    @Test
    void a_broker_that_goes_and_comes_back_gets_everything_in_order() throws Exception {
        Path data = folder.resolve("kafka");
        EmbeddedKafkaServer server = EmbeddedKafkaServer.start(data, 0);
        int port = server.port();
        String servers = server.bootstrapServers();
        RawTopic.create(servers, KafkaMessageBus.DEFAULT_TOPIC, 3, Map.of());
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
        try (KafkaMessageBus bus = to(servers, KafkaMessageBus.DEFAULT_TOPIC)
                .delivery(QUICK.batch(50, 1024 * 1024))
                .open()) {
            Thread agent = Thread.ofVirtual()
                    .start(() -> IntStream.range(0, 3_000).forEach(i -> {
                        receipts.add(bus.send(message("agent" + i % 7, i)));
                        if (i % 10 == 0) {
                            sleep(5);
                        }
                    }));
            Thread.sleep(300);
            server.close();
            for (int i = 0; i < 200 && bus.metrics().retries() == 0; i++) {
                Thread.sleep(100);
            }
            assertThat(bus.metrics().bufferedMessages()).isPositive();
            assertThat(bus.metrics().retries()).isPositive();
            server = EmbeddedKafkaServer.start(data, port);
            agent.join();
            assertThat(bus.flush(Duration.ofSeconds(60))).isTrue();
            assertThat(receipts)
                    .hasSize(3_000)
                    .allSatisfy(receipt -> assertThat(receipt).isCompleted());
            RawTopic.assertCompleteAndInOrder(RawTopic.read(servers, KafkaMessageBus.DEFAULT_TOPIC), 7, 3_000);
        } finally {
            server.close();
        }
    }

    private KafkaMessageBus.Builder secured(EmbeddedKafkaServer server, String key, String secret) {
        return to(server.bootstrapServers(), KafkaMessageBus.DEFAULT_TOPIC)
                .apiKey(key, secret)
                .security(KafkaMessageBus.Security.SASL_PLAINTEXT);
    }

    private KafkaMessageBus.Builder to(String servers, String topic) {
        return KafkaMessageBus.to(servers, BufferSettings.in(folder.resolve("buffer-" + topic)))
                .topic(topic)
                .requestTimeout(Duration.ofSeconds(1))
                .delivery(QUICK);
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
