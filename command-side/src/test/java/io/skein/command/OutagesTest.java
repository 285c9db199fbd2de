package io.skein.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.client.AgentMessageBus;
import io.skein.client.BufferSettings;
import io.skein.client.DeliverySettings;
import io.skein.client.KafkaMessageBus;
import io.skein.client.OutgoingMessage;
import io.skein.command.kafka.KafkaTopics;
import io.skein.command.kafka.Topics;
import io.skein.db.Schema;
import io.skein.embedded.EmbeddedKafkaServer;
import io.skein.embedded.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;

class OutagesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static String message(String id, String agent) {
        return "{\"messageId\":\"%s\",\"agentId\":\"%s\",\"type\":\"request\",\"timestamp\":\"2026-11-23T10:15:30Z\"}"
                .formatted(id, agent);
    }

    private static List<Long> positions(String bootstrap) {
        List<Long> positions = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> event : SharedKafka.all(bootstrap, Topics.EVENTS)) {
            positions.add(Long.parseLong(
                    new String(event.headers().lastHeader("skein-position").value(), StandardCharsets.US_ASCII)));
        }
        return positions;
    }

    @Test
    void without_a_broker_messages_are_recorded_and_the_mirror_goes_on_when_it_is_back() {
        Path folder = SharedKafka.folder("skein-kafka-outage-");
        EmbeddedKafkaServer broker = EmbeddedKafkaServer.start(folder, 0);
        int port = broker.port();
        String bootstrap = broker.bootstrapServers();
        try (RunningCommandSide side = RunningCommandSide.start(Map.of(
                        "skein.kafka.bootstrap-servers", bootstrap,
                        "skein.kafka.partitions", "1",
                        "skein.kafka.check-interval", "300ms",
                        "skein.kafka.answer-timeout", "1s",
                        "skein.kafka.breaker-failures", "2",
                        "skein.kafka.breaker-pause", "500ms",
                        "skein.kafka.max-backoff", "300ms"));
                AgentMessageBus bus = KafkaMessageBus.to(bootstrap, BufferSettings.in(SharedKafka.folder("skein-bus-")))
                        .requestTimeout(Duration.ofSeconds(1))
                        .delivery(DeliverySettings.defaults().backoff(Duration.ofMillis(20), Duration.ofMillis(300)))
                        .security(KafkaMessageBus.Security.PLAINTEXT)
                        .open()) {
            assertThat(side.post("/v1/messages", message("before", "a")).status())
                    .isEqualTo(200);
            SharedKafka.eventually(PATIENCE, () -> {
                try {
                    return positions(bootstrap).contains(2L);
                } catch (RuntimeException noTopicYet) {
                    return false;
                }
            });
            broker.close();
            for (int i = 0; i < 50; i++) {
                assertThat(side.post("/v1/messages", message("away" + i, "a" + i % 3))
                                .status())
                        .isEqualTo(200);
            }
            for (int i = 0; i < 30; i++) {
                bus.send(OutgoingMessage.request("client-" + i % 3)
                        .messageId("bus" + i)
                        .build());
            }
            KafkaTopics topics = side.bean(KafkaTopics.class);
            SharedKafka.eventually(
                    PATIENCE,
                    () -> topics.trouble().contains("nobody listens at " + bootstrap)
                            && topics.breaker().equals("open"));
            assertThat(side.get("/actuator/health").status()).isEqualTo(200);
            broker = EmbeddedKafkaServer.start(folder, port);
            SharedKafka.eventually(
                    PATIENCE,
                    () -> side.number(
                                    "select count(*) from event_log where aggregate_id like 'default/client-%' and sequence > 0")
                            == 30);
            for (int agent = 0; agent < 3; agent++) {
                assertThat(side.number("""
                        select count(*) from (select substr(convert_from(payload, 'UTF8')::json->'message'->>'messageId', 4)::int n,
                            lag(substr(convert_from(payload, 'UTF8')::json->'message'->>'messageId', 4)::int) over (order by position) before
                            from event_log where aggregate_id = 'default/client-%d' and sequence > 0) s
                        where before is not null and n <= before""".formatted(agent))).isZero();
            }
            SharedKafka.eventually(PATIENCE, () -> topics.trouble().isEmpty());
            long head = side.number("select max(position) from event_log");
            SharedKafka.eventually(PATIENCE, () -> positions(bootstrap).contains(head));
            List<Long> firsts = positions(bootstrap).stream().distinct().toList();
            assertThat(firsts)
                    .isEqualTo(java.util.stream.LongStream.rangeClosed(1, head)
                            .boxed()
                            .toList());
        } finally {
            broker.close();
        }
    }

    @Test
    void without_a_database_the_kafka_door_waits_and_loses_nothing() throws SQLException {
        SharedKafka.removeTopics();
        TestDatabase database = TestDatabase.fresh(Schema::migrate);
        try (RunningCommandSide side = RunningCommandSide.on(database, SharedKafka.settings());
                KafkaProducer<byte[], byte[]> producer = SharedKafka.producer(SharedKafka.bootstrap())) {
            SharedKafka.eventually(PATIENCE, () -> {
                try {
                    producer.send(SharedKafka.record(
                                    Topics.RAW, "a", message("first", "a").getBytes(StandardCharsets.UTF_8)))
                            .get();
                    return true;
                } catch (Exception noTopicYet) {
                    return false;
                }
            });
            SharedKafka.eventually(PATIENCE, () -> side.number("select count(*) from event_log") == 2);
            onServer("alter database " + database.name() + " allow_connections false");
            onServer(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + database.name() + "'");
            for (int i = 0; i < 200; i++) {
                producer.send(SharedKafka.record(
                        Topics.RAW, "a", message("m" + i, "a").getBytes(StandardCharsets.UTF_8)));
            }
            producer.send(SharedKafka.record(Topics.RAW, "a", new byte[] {'?'}));
            producer.flush();
            assertThat(side.post("/v1/messages", message("http", "b")).status()).isEqualTo(503);
            onServer("alter database " + database.name() + " allow_connections true");
            SharedKafka.eventually(
                    PATIENCE,
                    () -> side.number("select count(*) from event_log where aggregate_id = 'default/a'") == 202);
            SharedKafka.eventually(PATIENCE, () -> side.number("select count(*) from dead_letter") == 1);
        }
    }

    private static void onServer(String sql) throws SQLException {
        try (Connection connection = TestDatabase.sharedServer().owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void two_nodes_that_get_the_same_messages_at_once_record_each_once() {
        TestDatabase database = TestDatabase.fresh(Schema::migrate);
        try (RunningCommandSide one = RunningCommandSide.on(database, Map.of());
                RunningCommandSide other = RunningCommandSide.on(database, Map.of())) {
            List<CompletableFuture<RunningCommandSide.Answer>> answers = new ArrayList<>();
            for (int round = 0; round < 20; round++) {
                int from = round * 20;
                String body = IntStream.range(from, from + 40)
                        .mapToObj(i -> message("m" + i, "a" + i % 5))
                        .reduce((a, b) -> a + "," + b)
                        .map(all -> "[" + all + "]")
                        .orElseThrow();
                for (RunningCommandSide side : List.of(one, other)) {
                    answers.add(CompletableFuture.supplyAsync(() -> side.post("/v1/messages", body)));
                }
            }
            long recorded = 0;
            for (CompletableFuture<RunningCommandSide.Answer> answer : answers) {
                assertThat(answer.join().body().get("refused").asInt()).isZero();
                recorded += answer.join().body().get("recorded").asInt();
            }
            assertThat(recorded).isEqualTo(420);
            assertThat(one.number("select count(*) from event_log")).isEqualTo(425);
            assertThat(one.number("select max(position) from event_log")).isEqualTo(425);
        }
    }

    @Test
    void an_agent_with_many_messages_goes_on_from_its_snapshot_after_a_restart() {
        TestDatabase database = TestDatabase.fresh(Schema::migrate);
        String many = IntStream.range(0, 2_100)
                .mapToObj(i -> message("m" + i, "a"))
                .reduce((a, b) -> a + "\n" + b)
                .orElseThrow();
        try (RunningCommandSide side = RunningCommandSide.on(database, Map.of())) {
            side.post("/v1/messages", "application/x-ndjson", many.getBytes(StandardCharsets.UTF_8));
            assertThat(side.post("/v1/agents/a/quarantine", "{\"reason\":\"test\"}")
                            .status())
                    .isEqualTo(200);
            SharedKafka.eventually(PATIENCE, () -> side.number("select count(*) from aggregate_snapshot") == 1);
        }
        try (RunningCommandSide side = RunningCommandSide.on(database, Map.of())) {
            assertThat(side.number("select sequence from aggregate_snapshot")).isGreaterThanOrEqualTo(1_000);
            assertThat(side.post("/v1/messages", message("later", "a"))
                            .body()
                            .get("status")
                            .asString())
                    .isEqualTo("blocked");
            assertThat(side.number("select max(sequence) from event_log")).isEqualTo(2_102);
        }
    }
}
