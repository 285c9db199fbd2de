package io.skein.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.bench.soak.Acknowledged;
import io.skein.bench.soak.Comparison;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * 2: Whatever Kafka operation fails, it is retried with exponential backoff and jitter inside a breaker, and what fails for good is in the dead-letter topic with its
 * reason; nothing is lost or doubled. Few tries, as some steps stop the broker; each is a way of 30 steps.
 */
@SuppressWarnings("NullAway.Init") // jqwik calls a_node_with_a_bad_network_to_its_broker before anything else
class P02KafkaFaultsProperties {
    private static final int BIG = 4 << 20;
    private static final Map<String, Long> SENT = new TreeMap<>();
    private static final Map<String, String> BAD = new HashMap<>();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static CommandNodes side;
    private static CommandNodes.Node node;
    private static KafkaProducer<String, byte[]> producer;

    enum Fault {
        NONE,
        CUT,
        CUT_IN_THE_MIDDLE,
        REFUSED,
        SLOW,
        STALLED,
        BROKER_STOPPED
    }

    /** What is sent by each door, what else is on the topic, and what happens to the network meanwhile. */
    record Step(int byKafka, int byHttp, Bad bad, Fault fault, int bytes) {}

    enum Bad {
        NONE,
        NO_JSON,
        WRONG_SHAPE,
        TOO_LARGE,
        AS_LARGE_AS_THE_TOPIC_TAKES
    }

    @BeforeContainer
    static void a_node_with_a_bad_network_to_its_broker() throws Exception {
        side = new CommandNodes();
        // Its patience is short, so that the way is not only waiting.
        node = side.node(
                "p02",
                "-Dskein.kafka.breaker-pause=1s",
                "-Dskein.kafka.max-backoff=500ms",
                "-Dskein.kafka.acknowledgement-timeout=5s");
        node.awaitUp();
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        side.bootstrap(),
                        "acks",
                        "all",
                        "max.request.size",
                        BIG + 1_000,
                        "delivery.timeout.ms",
                        "300000",
                        "max.block.ms",
                        "300000"),
                new StringSerializer(),
                new ByteArraySerializer());
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (producer.partitionsFor("agent-messages-raw").isEmpty()) {
            assertThat(System.nanoTime()).as("the raw topic is there").isLessThan(deadline);
            Thread.sleep(50);
        }
    }

    @AfterContainer
    static void stop() {
        side.toKafka.heal();
        producer.close(Duration.ofSeconds(5));
        side.close();
    }

    @Property(tries = 3, shrinking = ShrinkingMode.OFF)
    void nothing_is_lost_or_doubled_and_what_fails_for_good_is_in_the_dead_letters(@ForAll("ways") List<Step> way)
            throws Exception {
        List<Future<RecordMetadata>> acknowledgements = new ArrayList<>();
        for (Step step : way) {
            Thread healing = hurt(step);
            for (int i = 0; i < step.byKafka(); i++) {
                acknowledgements.add(send("kafka-" + i % 5));
            }
            spoil(step.bad(), acknowledgements);
            for (int i = 0; i < step.byHttp(); i++) {
                // The log is not Kafka's: a sender over HTTP notices nothing.
                assertThat(post("http-" + i % 3)).isEqualTo(200);
            }
            healing.join();
        }
        for (Future<RecordMetadata> acknowledgement : acknowledgements) {
            acknowledgement.get();
        }

        side.awaitMirrored(SENT.values().stream().mapToLong(Long::longValue).sum());
        Comparison comparison = new Comparison("faults")
                .log(side.owner(), SENT)
                .mirror(side.bootstrap())
                .decisions(side.bootstrap());
        assertThat(comparison.differences()).as("%s", comparison.figures()).isEmpty();
        assertThat(deadLetters()).isEqualTo(BAD);
        assertThat(side.number("select count(*) from dead_letter")).isEqualTo(BAD.size());
    }

    @Provide
    Arbitrary<List<Step>> ways() {
        Arbitrary<Fault> often = Arbitraries.frequency(
                net.jqwik.api.Tuple.of(3, Fault.NONE),
                net.jqwik.api.Tuple.of(3, Fault.CUT),
                net.jqwik.api.Tuple.of(4, Fault.CUT_IN_THE_MIDDLE),
                net.jqwik.api.Tuple.of(2, Fault.REFUSED),
                net.jqwik.api.Tuple.of(3, Fault.SLOW),
                net.jqwik.api.Tuple.of(2, Fault.STALLED));
        Arbitrary<List<Step>> steps = Combinators.combine(
                        Arbitraries.integers().between(0, 60),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.of(Bad.values()),
                        often,
                        Arbitraries.integers().between(0, 40_000))
                .as(Step::new)
                .list()
                .ofSize(29);
        return Combinators.combine(steps, Arbitraries.integers().between(0, 28)).as((others, at) -> {
            List<Step> way = new ArrayList<>(others);
            way.add(at, new Step(40, 3, Bad.NO_JSON, Fault.BROKER_STOPPED, 0));
            return way;
        });
    }

    private static Future<RecordMetadata> send(String agent) {
        return producer.send(new ProducerRecord<>("agent-messages-raw", agent, next(agent)));
    }

    private static byte[] next(String agent) {
        long number = SENT.merge(agent, 1L, Long::sum) - 1;
        return """
                {"messageId":"%s","networkId":"faults","agentId":"%s","type":"broadcast","timestamp":"2026-11-23T10:15:30Z","content":"%s"}""".formatted(Acknowledged.messageId(agent, number), agent, "x".repeat((int) (number * 37 % 900)))
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Puts on the topic what is no message, and notes what is to be said about it. */
    private static void spoil(Bad bad, List<Future<RecordMetadata>> acknowledgements) {
        String key = "bad-" + BAD.size();
        byte[] value;
        String reason;
        switch (bad) {
            case NONE -> {
                return;
            }
            case NO_JSON -> {
                value = ("{no JSON " + key).getBytes(StandardCharsets.UTF_8);
                reason = "malformed";
            }
            case WRONG_SHAPE -> {
                value = ("{\"messageId\":\"" + key + "\",\"type\":\"request\"}").getBytes(StandardCharsets.UTF_8);
                reason = "invalid";
            }
            case TOO_LARGE -> {
                value = large(key, 300_000);
                reason = "too_large";
            }
            case AS_LARGE_AS_THE_TOPIC_TAKES -> {
                // With what is said about it, it is larger than the dead letters' topic takes.
                value = large(key, BIG - 300);
                reason = "too_large";
            }
            default -> throw new IllegalStateException(bad.toString());
        }
        BAD.put(key, reason);
        acknowledgements.add(producer.send(new ProducerRecord<>("agent-messages-raw", key, value)));
    }

    private static byte[] large(String key, int bytes) {
        String start = "{\"messageId\":\"" + key
                + "\",\"agentId\":\"a\",\"type\":\"request\",\"timestamp\":\"2026-11-23T10:15:30Z\",\"content\":\"";
        return (start + "y".repeat(bytes - start.length() - 2) + "\"}").getBytes(StandardCharsets.UTF_8);
    }

    private static int post(String agent) throws IOException, InterruptedException {
        return HTTP.send(
                        HttpRequest.newBuilder(URI.create(node.url() + "/v1/messages"))
                                .timeout(Duration.ofSeconds(30))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(next(agent)))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** @return ends when broker and network are whole again; a sender may have to wait for that */
    private static Thread hurt(Step step) {
        switch (step.fault()) {
            case NONE -> {}
            case CUT -> side.toKafka.cut();
            case CUT_IN_THE_MIDDLE -> side.toKafka.cutAfter(step.bytes());
            case REFUSED -> side.toKafka.refuse();
            case SLOW -> side.toKafka.delay(Duration.ofMillis(30));
            case STALLED -> side.toKafka.stall();
            case BROKER_STOPPED -> side.stopBroker();
        }
        return Thread.ofPlatform().start(() -> {
            try {
                Thread.sleep(step.fault() == Fault.NONE ? 0 : 50 + step.bytes() / 100);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            if (step.fault() == Fault.BROKER_STOPPED) {
                side.startBroker();
            } else if (step.fault() != Fault.CUT_IN_THE_MIDDLE) {
                side.toKafka.heal();
            }
        });
    }

    /** Reasons by key; each letter once, as it came. */
    private static Map<String, String> deadLetters() throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        Map<String, String> reasons = read();
        while (reasons.size() < BAD.size() && System.nanoTime() < deadline) {
            Thread.sleep(200);
            reasons = read();
        }
        return reasons;
    }

    private static Map<String, String> read() {
        Map<String, String> reasons = new HashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", side.bootstrap()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor("agent-messages-dlq").stream()
                    .map(partition -> new TopicPartition("agent-messages-dlq", partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                for (ConsumerRecord<byte[], byte[]> letter : consumer.poll(Duration.ofMillis(200))) {
                    reasons.put(
                            new String(letter.key(), StandardCharsets.UTF_8),
                            new String(letter.headers().lastHeader("reason").value(), StandardCharsets.UTF_8));
                }
            }
        }
        return reasons;
    }
}
