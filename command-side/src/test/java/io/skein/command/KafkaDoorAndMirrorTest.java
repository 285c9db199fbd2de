package io.skein.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.command.kafka.Topics;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class KafkaDoorAndMirrorTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static RunningCommandSide side;
    private static KafkaProducer<byte[], byte[]> producer;

    @BeforeAll
    static void start() {
        SharedKafka.removeTopics();
        side = RunningCommandSide.start(SharedKafka.settings());
        SharedKafka.eventually(PATIENCE, () -> {
            try {
                return !SharedKafka.all(SharedKafka.bootstrap(), Topics.RAW).isEmpty() || true;
            } catch (RuntimeException notYet) {
                return false;
            }
        });
        producer = SharedKafka.producer(SharedKafka.bootstrap());
    }

    @AfterAll
    static void stop() {
        producer.close();
        side.close();
    }

    private static byte[] message(String id, String agent) {
        return """
                {"messageId": "%s", "agentId": "%s", "type": "request", "causationId": "cause-of-%s",
                 "timestamp": "2026-11-23T10:15:30Z", "content": {"é": [1.50, 1e3]}}""".formatted(id, agent, id).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void what_comes_in_on_the_raw_topic_is_recorded_in_order_and_goes_out_again_byte_for_byte() throws Exception {
        int messages = 3_000;
        for (int i = 0; i < messages; i++) {
            String agent = "k-" + i % 11;
            producer.send(SharedKafka.record(Topics.RAW, agent, message("k" + i, agent)));
            if (i % 500 == 0) {
                producer.send(SharedKafka.record(Topics.RAW, agent, new byte[] {1, 2, (byte) i}));
                producer.send(SharedKafka.record(Topics.RAW, agent, null));
            }
        }
        producer.flush();
        SharedKafka.eventually(
                PATIENCE,
                () -> side.number(
                                "select count(*) from event_log where aggregate_id like 'default/k-%' and sequence > 0")
                        == messages);
        SharedKafka.eventually(
                PATIENCE, () -> side.number("select count(*) from dead_letter where door = 'kafka'") == 12);
        for (int agent = 0; agent < 11; agent++) {
            assertThat(side.number("""
                    select count(*) from (select position, sequence,
                        substr(convert_from(payload, 'UTF8')::json->'message'->>'messageId', 2)::int n,
                        lag(substr(convert_from(payload, 'UTF8')::json->'message'->>'messageId', 2)::int) over (order by position) before
                        from event_log where aggregate_id = 'default/k-%d' and sequence > 0) s
                    where before is not null and n <= before""".formatted(agent))).isZero();
        }
        List<ConsumerRecord<byte[], byte[]>> dead = new ArrayList<>();
        SharedKafka.eventually(PATIENCE, () -> {
            dead.clear();
            dead.addAll(SharedKafka.all(SharedKafka.bootstrap(), Topics.DEAD_LETTERS));
            return dead.size() >= 12;
        });
        assertThat(dead).allSatisfy(letter -> {
            assertThat(letter.headers().lastHeader("reason").value()).asString().isEqualTo("malformed");
            assertThat(letter.headers().lastHeader("source-topic").value())
                    .asString()
                    .isEqualTo(Topics.RAW);
            assertThat(letter.headers().lastHeader("source-offset")).isNotNull();
        });

        long head = side.number("select max(position) from event_log");
        Map<Long, byte[]> mirrored = new HashMap<>();
        SharedKafka.eventually(PATIENCE, () -> {
            mirrored.clear();
            for (ConsumerRecord<byte[], byte[]> event : SharedKafka.all(SharedKafka.bootstrap(), Topics.EVENTS)) {
                mirrored.put(position(event), event.value());
            }
            return mirrored.size() == head;
        });
        try (Connection connection = side.database().owner().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select position, payload from event_log")) {
            while (rows.next()) {
                assertThat(mirrored.get(rows.getLong(1))).isEqualTo(rows.getBytes(2));
            }
        }
        Map<String, Long> lastByKey = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> event : SharedKafka.all(SharedKafka.bootstrap(), Topics.EVENTS)) {
            Long before = lastByKey.put(new String(event.key(), StandardCharsets.UTF_8), position(event));
            assertThat(before == null || before < position(event)).isTrue();
        }
        List<ConsumerRecord<byte[], byte[]>> decisions = SharedKafka.all(SharedKafka.bootstrap(), Topics.DECISIONS);
        assertThat(decisions).hasSize(messages);
        JsonNode decision = JSON.readTree(decisions.getFirst().value());
        assertThat(decision.get("verdict").asString()).isEqualTo("approved");
        assertThat(decision.get("causalLinks").get(0).get("causationId").asString())
                .startsWith("cause-of-k");
        assertThat(decision.get("position").asLong()).isEqualTo(position(decisions.getFirst()));
        assertThat(new String(decisions.getFirst().key(), StandardCharsets.UTF_8))
                .isEqualTo(decision.get("agentId").asString());
    }

    private static long position(ConsumerRecord<byte[], byte[]> record) {
        return Long.parseLong(
                new String(record.headers().lastHeader("skein-position").value(), StandardCharsets.US_ASCII));
    }

    @Test
    void health_tells_of_database_door_and_mirror() {
        RunningCommandSide.Answer health = side.get("/actuator/health");
        assertThat(health.status()).isEqualTo(200);
    }
}
