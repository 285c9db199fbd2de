package io.skein.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.bench.soak.Acknowledged;
import io.skein.bench.soak.Comparison;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * 4: Every message on the raw topic yields exactly one decision on the decisions topic, enriched, whatever the batch boundaries and restarts. Few tries, as each
 * kills processes; each is a way of 25 steps.
 */
@SuppressWarnings("NullAway.Init") // jqwik calls two_nodes before anything else
class P04OneDecisionProperties {
    private static final Map<String, Long> SENT = new TreeMap<>();
    private static CommandNodes side;
    private static List<CommandNodes.Node> nodes;
    private static KafkaProducer<String, byte[]> producer;

    enum Fault {
        NONE,
        KILL_A_NODE,
        CUT_KAFKA,
        CUT_KAFKA_IN_THE_MIDDLE,
        STALL_KAFKA,
        CUT_POSTGRES,
        CUT_POSTGRES_IN_THE_MIDDLE,
        DELAY_POSTGRES
    }

    /** Messages put on the topic, and what happens while they are taken. */
    record Step(int messages, int agents, Fault fault, int bytes) {}

    @BeforeContainer
    static void two_nodes() throws Exception {
        side = new CommandNodes();
        // Batches of seven and of forty, so that their boundaries fall everywhere.
        nodes = List.of(
                side.node("small", "-Dskein.kafka.max-poll-records=7"),
                side.node("large", "-Dskein.kafka.max-poll-records=40"));
        for (CommandNodes.Node node : nodes) {
            node.awaitUp();
        }
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        side.bootstrap(),
                        "acks",
                        "all",
                        "delivery.timeout.ms",
                        "300000",
                        "max.block.ms",
                        "300000"),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    @AfterContainer
    static void stop() {
        side.toKafka.heal();
        producer.close(Duration.ofSeconds(5));
        side.close();
    }

    @Property(tries = 3, shrinking = ShrinkingMode.OFF)
    void every_message_yields_exactly_one_decision_whatever_breaks(@ForAll("ways") List<Step> way) throws Exception {
        List<Future<RecordMetadata>> acknowledgements = new ArrayList<>();
        int killed = 0;
        for (Step step : way) {
            send(step, acknowledgements);
            if (step.fault() == Fault.KILL_A_NODE) {
                CommandNodes.Node node = nodes.get(killed++ % nodes.size());
                Thread.sleep(step.bytes() % 300);
                node.kill();
                node.start();
            } else {
                hurt(step);
            }
        }
        side.toKafka.heal();
        side.toPostgres.heal();
        for (Future<RecordMetadata> acknowledgement : acknowledgements) {
            acknowledgement.get();
        }

        side.awaitMirrored(SENT.values().stream().mapToLong(Long::longValue).sum());
        Comparison comparison = new Comparison("decided")
                .log(side.owner(), SENT)
                .mirror(side.bootstrap())
                .decisions(side.bootstrap());
        assertThat(comparison.differences()).as("%s", comparison.figures()).isEmpty();
    }

    @Provide
    Arbitrary<List<Step>> ways() {
        Arbitrary<Fault> faults = Arbitraries.of(Fault.values());
        Arbitrary<Step> steps = Combinators.combine(
                        Arbitraries.integers().between(1, 120),
                        Arbitraries.integers().between(1, 9),
                        faults,
                        Arbitraries.integers().between(0, 60_000))
                .as(Step::new);
        // At least one kill, with both nodes full of work.
        return Combinators.combine(
                        steps.filter(step -> step.fault() != Fault.KILL_A_NODE)
                                .list()
                                .ofSize(22),
                        Arbitraries.integers().between(1, 21).list().ofSize(3))
                .as((others, kills) -> {
                    List<Step> way = new ArrayList<>(others);
                    kills.forEach(at -> way.add(at, new Step(150, 9, Fault.KILL_A_NODE, at * 37)));
                    return way;
                });
    }

    private static void send(Step step, List<Future<RecordMetadata>> acknowledgements) {
        for (int i = 0; i < step.messages(); i++) {
            String agent = "agent-" + i % step.agents();
            long number = SENT.merge(agent, 1L, Long::sum) - 1;
            String json = """
                    {"messageId":"%s","networkId":"decided","agentId":"%s","targetAgents":["agent-0"],"type":"request","timestamp":"%s","sequence":%d,"content":"%s"}""".formatted(
                            Acknowledged.messageId(agent, number),
                            agent,
                            Instant.parse("2026-11-23T10:00:00Z").plusMillis(number),
                            number,
                            "x".repeat((int) (number * 31 % 700)));
            acknowledgements.add(producer.send(
                    new ProducerRecord<>("agent-messages-raw", agent, json.getBytes(StandardCharsets.UTF_8))));
        }
    }

    private static void hurt(Step step) throws InterruptedException {
        switch (step.fault()) {
            case NONE, KILL_A_NODE -> {}
            case CUT_KAFKA -> side.toKafka.cut();
            case CUT_KAFKA_IN_THE_MIDDLE -> side.toKafka.cutAfter(step.bytes());
            case STALL_KAFKA -> {
                side.toKafka.stall();
                Thread.sleep(200);
                side.toKafka.heal();
            }
            case CUT_POSTGRES -> side.toPostgres.cut();
            case CUT_POSTGRES_IN_THE_MIDDLE -> side.toPostgres.cutAfter(step.bytes());
            case DELAY_POSTGRES -> {
                side.toPostgres.delay(Duration.ofMillis(20));
                Thread.sleep(100);
                side.toPostgres.heal();
            }
        }
    }
}
