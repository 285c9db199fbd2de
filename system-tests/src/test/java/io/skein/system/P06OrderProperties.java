package io.skein.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.command.CommandSideApplication;
import io.skein.eventlog.KernelJson;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
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
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.boot.Banner;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** 6: Messages of one agent keep their order through topics, log and projections, for any interleaving of agents, doors and nodes. */
@SuppressWarnings("NullAway.Init") // jqwik calls two_command_nodes_on_one_database_and_one_kafka before anything else
class P06OrderProperties {
    private static final AtomicInteger TRY = new AtomicInteger();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Map<String, List<String>> MIRRORED = new LinkedHashMap<>();

    private static RunningSkein skein;
    private static ConfigurableApplicationContext secondNode;
    private static URI secondDoor;
    private static KafkaProducer<String, byte[]> producer;
    private static KafkaConsumer<String, byte[]> mirror;

    enum Door {
        HTTP_FIRST_NODE,
        HTTP_SECOND_NODE,
        KAFKA
    }

    /** What one agent does: through which door, and how many messages in each request. */
    record Sender(Door door, List<Integer> batches) {}

    @BeforeContainer
    static void two_command_nodes_on_one_database_and_one_kafka() throws Exception {
        skein = RunningSkein.shared();
        secondNode = new SpringApplicationBuilder(CommandSideApplication.class)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .registerShutdownHook(false)
                .properties(Map.of(
                        "server.port", "0",
                        "server.address", "127.0.0.1",
                        "skein.command.database.url", skein.server.database(),
                        "skein.command.database.username", "postgres",
                        "skein.kafka.bootstrap-servers", skein.server.kafka(),
                        "skein.otlp.grpc-port", "-1"))
                .run();
        secondDoor =
                URI.create("http://127.0.0.1:" + secondNode.getEnvironment().getProperty("local.server.port"));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", skein.server.kafka(), "acks", "all"),
                new StringSerializer(),
                new ByteArraySerializer());
        mirror = new KafkaConsumer<>(
                Map.of("bootstrap.servers", skein.server.kafka(), "max.poll.records", "5000"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = mirror.partitionsFor("agent-events").stream()
                .map(partition -> new TopicPartition("agent-events", partition.partition()))
                .toList();
        assertThat(partitions).as("partitions of the mirror").hasSizeGreaterThan(1);
        mirror.assign(partitions);
        mirror.seekToEnd(partitions);
        partitions.forEach(mirror::position);
    }

    @AfterContainer
    static void stop_the_second_node() {
        mirror.close();
        producer.close();
        secondNode.close();
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void any_interleaving_of_agents_doors_and_nodes_keeps_each_agents_order(@ForAll("senders") List<Sender> senders)
            throws Exception {
        String network = "order-" + TRY.incrementAndGet();
        Map<String, List<String>> sent = new LinkedHashMap<>();
        try (ExecutorService agents = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < senders.size(); i++) {
                String agent = network + ":agent-" + i;
                Sender sender = senders.get(i);
                List<String> ids = new ArrayList<>();
                sent.put(agent, ids);
                running.add(agents.submit(() -> {
                    send(network, agent, sender, ids);
                    return null;
                }));
            }
            for (Future<?> agent : running) {
                agent.get();
            }
        }
        int expected = sent.values().stream().mapToInt(List::size).sum();

        assertThat(trail(network, expected)).isEqualTo(sent);
        assertThat(mirrored(sent, expected)).isEqualTo(sent);
    }

    @Provide
    Arbitrary<List<Sender>> senders() {
        Arbitrary<List<Integer>> batches =
                Arbitraries.integers().between(1, 6).list().ofMinSize(1).ofMaxSize(5);
        return net.jqwik.api.Combinators.combine(Arbitraries.of(Door.values()), batches)
                .as(Sender::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(5);
    }

    private static void send(String network, String agent, Sender sender, List<String> ids) throws Exception {
        for (int size : sender.batches()) {
            List<String> batch = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                String id = agent + "-" + ids.size();
                ids.add(id);
                batch.add("""
                        {"messageId":"%s","networkId":"%s","agentId":"%s","type":"broadcast","timestamp":"2026-11-23T10:00:00Z","sequence":%d}""".formatted(id, network, agent, ids.size()));
            }
            switch (sender.door()) {
                case HTTP_FIRST_NODE -> post(skein.at("/v1/messages"), batch);
                case HTTP_SECOND_NODE -> post(secondDoor.resolve("/v1/messages"), batch);
                case KAFKA -> {
                    for (String message : batch) {
                        producer.send(new ProducerRecord<>(
                                "agent-messages-raw",
                                agent,
                                message.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
                    }
                    producer.flush();
                }
            }
        }
    }

    private static void post(URI door, List<String> batch) throws Exception {
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(door)
                        .header("Content-Type", "application/x-ndjson")
                        .POST(HttpRequest.BodyPublishers.ofString(String.join("\n", batch)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(KernelJson.mapper().readTree(answer.body()).path("recorded").asInt())
                .as(answer.body())
                .isEqualTo(batch.size());
    }

    /** Message ids of each agent in the order of the audit trail, which is the order of positions. */
    private static Map<String, List<String>> trail(String network, int expected) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        List<JsonNode> entries = List.of();
        while (entries.size() < expected && System.nanoTime() < deadline) {
            Thread.sleep(20);
            entries = skein.all("/v1/audit?limit=1000&type=MessageRecorded&network=" + network);
        }
        Map<String, List<String>> trail = new LinkedHashMap<>();
        long last = 0;
        for (JsonNode entry : entries) {
            assertThat(entry.path("position").asLong()).isGreaterThan(last);
            last = entry.path("position").asLong();
            String id = entry.path("messageId").asString();
            trail.computeIfAbsent(id.substring(0, id.lastIndexOf('-')), agent -> new ArrayList<>())
                    .add(id);
        }
        return trail;
    }

    /** Message ids of each agent in the order of the mirror's partitions. */
    private static Map<String, List<String>> mirrored(Map<String, List<String>> sent, int expected) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (seen(sent) < expected && System.nanoTime() < deadline) {
            for (ConsumerRecord<String, byte[]> record : mirror.poll(Duration.ofMillis(50))) {
                JsonNode message = KernelJson.mapper().readTree(record.value()).path("message");
                if (message.path("messageId").isString()) {
                    // The mirror may say an event twice, after an interruption; what counts is when it said it first.
                    List<String> ofAgent =
                            MIRRORED.computeIfAbsent(message.path("agentId").asString(), agent -> new ArrayList<>());
                    String id = message.path("messageId").asString();
                    if (!ofAgent.contains(id)) {
                        ofAgent.add(id);
                    }
                }
            }
        }
        Map<String, List<String>> mirrored = new LinkedHashMap<>();
        sent.keySet().forEach(agent -> mirrored.put(agent, MIRRORED.getOrDefault(agent, List.of())));
        return mirrored;
    }

    private static int seen(Map<String, List<String>> sent) {
        return sent.keySet().stream()
                .mapToInt(agent -> MIRRORED.getOrDefault(agent, List.of()).size())
                .sum();
    }
}
