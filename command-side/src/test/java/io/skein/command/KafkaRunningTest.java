package io.skein.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.command.kafka.KafkaTopics;
import io.skein.command.kafka.Topics;
import io.skein.command.mirror.Mirror;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What goes wrong, and what is told of it, while door and mirror run. */
@SuppressWarnings("NullAway.Init")
class KafkaRunningTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static RunningCommandSide side;
    private static KafkaProducer<byte[], byte[]> producer;
    private static Admin admin;

    @BeforeAll
    static void start() {
        SharedKafka.removeTopics();
        Map<String, Object> settings = new LinkedHashMap<>(SharedKafka.settings());
        settings.put("skein.kafka.check-interval", "200ms");
        settings.put("skein.kafka.acknowledgement-timeout", "1s");
        settings.put("skein.kafka.answer-timeout", "2s");
        settings.put("skein.kafka.breaker-failures", "2");
        settings.put("skein.kafka.breaker-pause", "300ms");
        settings.put("skein.kafka.first-backoff", "50ms");
        settings.put("skein.kafka.max-backoff", "200ms");
        settings.put("management.endpoint.health.show-details", "always");
        side = RunningCommandSide.start(settings);
        SharedKafka.eventually(PATIENCE, side.bean(KafkaTopics.class)::isReady);
        producer = SharedKafka.producer(SharedKafka.bootstrap());
        admin = Admin.create(Map.of("bootstrap.servers", SharedKafka.bootstrap()));
    }

    @AfterAll
    static void stop() {
        admin.close();
        producer.close();
        side.close();
    }

    private static String message(String id, String agent, String more) {
        return "{\"messageId\":\"%s\",\"agentId\":\"%s\",\"type\":\"request\",\"timestamp\":\"2026-11-23T10:15:30Z\"%s}"
                .formatted(id, agent, more);
    }

    private static void set(String topic, String config, String value) throws Exception {
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        List.of(new AlterConfigOp(new ConfigEntry(config, value), AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    private static @Nullable String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    private static List<ConsumerRecord<byte[], byte[]>> about(String topic, String text) {
        return SharedKafka.all(SharedKafka.bootstrap(), topic).stream()
                .filter(record -> new String(record.value(), StandardCharsets.UTF_8).contains("\"" + text + "\""))
                .toList();
    }

    private static ConsumerRecord<byte[], byte[]> one(String topic, String text) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        SharedKafka.eventually(PATIENCE, () -> {
            found.clear();
            found.addAll(about(topic, text));
            return !found.isEmpty();
        });
        return found.getFirst();
    }

    @Test
    void mirrored_events_and_decisions_are_cloud_events_and_carry_the_trace() {
        String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        side.post(
                "/v1/messages",
                message("traced", "ä b", ",\"metadata\":{\"traceparent\":\"" + parent + "\",\"tracestate\":\"v=1\"}"));
        ConsumerRecord<byte[], byte[]> event = one(Topics.EVENTS, "traced");
        assertThat(header(event, "ce_specversion")).isEqualTo("1.0");
        assertThat(header(event, "ce_type")).isEqualTo("io.skein.MessageRecorded");
        assertThat(header(event, "ce_source")).isEqualTo("/skein/Agent/default%2F%C3%A4%20b");
        assertThat(header(event, "ce_subject")).isEqualTo("default/ä b");
        assertThat(header(event, "ce_time")).startsWith("20");
        assertThat(header(event, "content-type")).isEqualTo("application/json");
        assertThat(header(event, "traceparent")).isEqualTo(parent).isEqualTo(header(event, "ce_traceparent"));
        assertThat(header(event, "tracestate")).isEqualTo("v=1");
        ConsumerRecord<byte[], byte[]> decision = one(Topics.DECISIONS, "traced");
        assertThat(header(decision, "ce_type")).isEqualTo("io.skein.Decision");
        assertThat(header(decision, "ce_source")).isEqualTo("/skein/decisions/default");
        assertThat(header(decision, "ce_subject")).isEqualTo("traced");
        assertThat(header(decision, "ce_id")).isEqualTo(header(event, "ce_id"));
        assertThat(header(decision, "traceparent")).isEqualTo(parent);

        side.post("/v1/messages", message("badly-traced", "b", ",\"metadata\":{\"traceparent\":\"00-nonsense\"}"));
        assertThat(header(one(Topics.EVENTS, "badly-traced"), "traceparent")).isNull();
        String span = "0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7.q";
        side.post("/v1/messages", message(span, "b", ",\"metadata\":{\"mappingVersion\":\"1\"}"));
        assertThat(header(one(Topics.EVENTS, span), "traceparent"))
                .isEqualTo("00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01");
    }

    @Test
    void an_event_too_large_for_its_topic_stops_the_mirror_with_its_place_and_goes_out_when_there_is_room()
            throws Exception {
        side.post("/v1/messages", message("before-large", "large", ""));
        one(Topics.EVENTS, "before-large");
        set(Topics.EVENTS, "max.message.bytes", "3000");
        byte[] noise = new byte[20_000];
        new Random(1).nextBytes(noise);
        side.post(
                "/v1/messages",
                message(
                        "too-large",
                        "large",
                        ",\"content\":\"" + java.util.Base64.getEncoder().encodeToString(noise) + "\""));
        side.post("/v1/messages", message("after-large", "large", ""));
        long position =
                side.number("select position from event_log where convert_from(payload, 'UTF8') like '%too-large%'");
        Mirror mirror = side.bean(Mirror.class);
        try {
            SharedKafka.eventually(
                    PATIENCE, () -> mirror.trouble().contains("topic agent-events, event at position " + position));
            assertThat(mirror.trouble()).contains("a record of 2", "bytes was refused", "raise max.message.bytes");
            SharedKafka.eventually(PATIENCE, () -> mirror.breaker().equals("open"));
            RunningCommandSide.Answer health = side.get("/actuator/health");
            assertThat(health.status()).isEqualTo(200);
            assertThat(health.body()
                            .at("/components/commandMirrorHealth/status")
                            .asString())
                    .isEqualTo("DEGRADED");
            assertThat(health.body()
                            .at("/components/commandMirrorHealth/details/trouble")
                            .asString())
                    .contains("agent-events");
            assertThat(health.body()
                            .at("/components/commandMirrorHealth/details/breaker")
                            .asString())
                    .isNotEqualTo("closed");
        } finally {
            set(Topics.EVENTS, "max.message.bytes", "4194304");
        }
        assertThat(one(Topics.EVENTS, "after-large").offset())
                .isGreaterThan(one(Topics.EVENTS, "too-large").offset());
        SharedKafka.eventually(
                PATIENCE, () -> mirror.trouble().isEmpty() && mirror.breaker().equals("closed"));
        assertThat(side.get("/actuator/health")
                        .body()
                        .at("/components/commandMirrorHealth/status")
                        .asString())
                .isEqualTo("UP");
    }

    private static void send(ProducerRecord<byte[], byte[]> record, String... headers) throws Exception {
        for (int i = 0; i < headers.length; i += 2) {
            record.headers().add(headers[i], headers[i + 1].getBytes(StandardCharsets.UTF_8));
        }
        producer.send(record).get();
    }

    private static void recorded(String id) {
        SharedKafka.eventually(
                PATIENCE,
                () -> side.number(
                                "select count(*) from event_log where aggregate_id not like 'act:%' and convert_from(payload, 'UTF8') like '%\""
                                        + id + "\"%'")
                        == 1);
    }

    @Test
    void a_poisoned_cloud_event_keeps_its_headers_and_is_tried_again_with_them() throws Exception {
        send(
                SharedKafka.record(Topics.RAW, "k", "{\"content\":1}".getBytes(StandardCharsets.UTF_8)),
                "ce_specversion",
                "1.0",
                "ce_id",
                "77",
                "ce_source",
                "poisoner",
                "ce_type",
                "x.request");
        String which = " from dead_letter where attributes->>'ce_source' = 'poisoner'";
        SharedKafka.eventually(PATIENCE, () -> side.number("select count(*)" + which) == 1);
        long letter = side.number("select dead_letter_id" + which);
        List<ConsumerRecord<byte[], byte[]>> dead = new ArrayList<>();
        SharedKafka.eventually(PATIENCE, () -> {
            dead.clear();
            SharedKafka.all(SharedKafka.bootstrap(), Topics.DEAD_LETTERS).stream()
                    .filter(record -> "poisoner".equals(header(record, "ce_source")))
                    .forEach(dead::add);
            return !dead.isEmpty();
        });
        assertThat(header(dead.getFirst(), "ce_specversion")).isEqualTo("1.0");
        assertThat(side.get("/v1/dead-letters?door=kafka&limit=1000").body().toString())
                .contains("cloud_event_binary")
                .doesNotContain("ce_source", "\"content\"");
        assertThat(side.post("/v1/dead-letters/" + letter + "/retry", "").status())
                .isEqualTo(400);
        assertThat(side.number("select attempts from dead_letter where dead_letter_id = " + letter))
                .isEqualTo(2);
        side.execute(
                "update dead_letter set attributes = attributes || '{\"ce_time\": \"2026-11-23T10:15:30Z\"}' where dead_letter_id = "
                        + letter);
        assertThat(side.post("/v1/dead-letters/" + letter + "/retry", "")
                        .body()
                        .get("status")
                        .asString())
                .isEqualTo("recorded");
        recorded("poisoner/77");
        assertThat(side.number("select count(*)" + which)).isZero();
        assertThat(side.number("""
                select count(*) from event_log where convert_from(payload, 'UTF8') like '%%"dead_letter.retry"%%'
                and convert_from(payload, 'UTF8') like '%%dead letter %d"%%'""".formatted(letter))).isEqualTo(2);
    }

    @Test
    void a_poisoned_plain_message_of_the_topic_is_tried_again_as_that() throws Exception {
        send(SharedKafka.record(
                Topics.RAW,
                "k",
                message("plain-poison", "p", ",\"sequence\":-1").getBytes(StandardCharsets.UTF_8)));
        String which = " from dead_letter where message_id = 'plain-poison'";
        SharedKafka.eventually(PATIENCE, () -> side.number("select count(*)" + which) == 1);
        long letter = side.number("select dead_letter_id" + which);
        side.execute(
                "update dead_letter set original = convert_to(replace(convert_from(original, 'UTF8'), ':-1', ':1'), 'UTF8') where dead_letter_id = "
                        + letter);
        assertThat(side.post("/v1/dead-letters/retry?door=kafka&reason=invalid", "")
                        .body()
                        .get("recorded")
                        .asInt())
                .isPositive();
        recorded("plain-poison");
        assertThat(side.number("select count(*)" + which)).isZero();
    }

    @Test
    void a_dead_letter_that_does_not_fit_its_topic_is_cut_there_and_whole_in_the_table_and_nothing_waits_behind_it()
            throws Exception {
        set(Topics.DEAD_LETTERS, "max.message.bytes", "100000");
        try {
            byte[] noise = new byte[3_900_000];
            new Random(2).nextBytes(noise);
            send(SharedKafka.record(Topics.RAW, "huge", noise));
            send(SharedKafka.record(
                    Topics.RAW, "huge", message("behind-huge", "h", "").getBytes(StandardCharsets.UTF_8)));
            recorded("behind-huge");
            assertThat(side.number("select count(*) from dead_letter where length(original) = " + noise.length))
                    .isEqualTo(1);
            List<ConsumerRecord<byte[], byte[]>> cut = new ArrayList<>();
            SharedKafka.eventually(PATIENCE, () -> {
                SharedKafka.all(SharedKafka.bootstrap(), Topics.DEAD_LETTERS).stream()
                        .filter(record -> header(record, "original-bytes") != null)
                        .forEach(cut::add);
                return !cut.isEmpty();
            });
            assertThat(header(cut.getFirst(), "original-bytes")).isEqualTo("3900000");
            assertThat(cut.getFirst().value()).hasSize(65_536);
        } finally {
            set(Topics.DEAD_LETTERS, "max.message.bytes", "4456448");
        }
    }

    @Test
    void a_compressed_bomb_is_refused_by_the_broker_before_anybody_reads_it() {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                SharedKafka.bootstrap(),
                "compression.type",
                "gzip",
                "max.request.size",
                64 << 20,
                "batch.size",
                1);
        try (KafkaProducer<byte[], byte[]> bomber = new KafkaProducer<>(
                settings,
                new org.apache.kafka.common.serialization.ByteArraySerializer(),
                new org.apache.kafka.common.serialization.ByteArraySerializer())) {
            assertThat(bomber.send(SharedKafka.record(Topics.RAW, "b", new byte[24 << 20])))
                    .failsWithin(PATIENCE)
                    .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                    .withCauseInstanceOf(org.apache.kafka.common.errors.RecordTooLargeException.class);
        }
    }
}
