package io.skein.bench;

import io.skein.eventlog.KernelJson;
import io.skein.standalone.server.ServerOptions;
import io.skein.standalone.server.Stages;
import io.skein.standalone.server.StandaloneServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Doors → log → mirror acknowledged → all projections caught up: the whole server with its own PostgreSQL and Kafka, on a fresh folder. */
@Command(
        name = "endtoend",
        description = "Messages through the HTTP and Kafka doors until mirror and projections have caught up.")
final class EndToEndBench implements Callable<Integer> {
    @Option(names = "--seconds", defaultValue = "60", description = "How long to send (default ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--senders",
            defaultValue = "4",
            description = "HTTP connections that send (default ${DEFAULT-VALUE}).")
    private int senders;

    @Option(
            names = "--batch",
            defaultValue = "500",
            description = "Messages of one HTTP request (default ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--agents", defaultValue = "1000", description = "Agents that send (default ${DEFAULT-VALUE}).")
    private int agents;

    @Option(names = "--door", description = "http or kafka (default ${DEFAULT-VALUE}).")
    private String door = "http";

    @Option(
            names = "--rate",
            defaultValue = "0",
            description = "Messages a second at most; 0: as many as go (default ${DEFAULT-VALUE}).")
    private long rate;

    @Option(names = "--out", description = "Also write the JSON to this file.")
    private @Nullable Path out;

    private final HttpClient http = HttpClient.newHttpClient();

    @Override
    public Integer call() throws Exception {
        Path data = Files.createTempDirectory("skein-bench-");
        try (StandaloneServer server = StandaloneServer.start(
                new ServerOptions(data, 0, 0, "127.0.0.1", false, Map.of(), null),
                new Stages(new PrintWriter(System.err, true)))) {
            long start = System.nanoTime();
            long sent = door.equals("kafka") ? sendByKafka(server) : sendByHttp(server);
            double sendSeconds = secondsSince(start);
            Map<String, Double> caughtUpAfter = awaitCaughtUp(server, sent, start);
            double total = caughtUpAfter.values().stream()
                    .mapToDouble(Double::doubleValue)
                    .max()
                    .orElse(sendSeconds);
            long recorded = counted(server);
            new Report("endtoend")
                    .put("door", door)
                    .put("agents", agents)
                    .put("sent", sent)
                    .put("countedByTheGraph", recorded)
                    .put("lost", sent - recorded)
                    .put("sendSeconds", Report.rounded(sendSeconds))
                    .put("acceptedPerSecond", Math.round(sent / sendSeconds))
                    .put("caughtUpAfterSeconds", caughtUpAfter)
                    .put("endToEndPerSecond", Math.round(sent / Math.max(total, sendSeconds)))
                    .put("targets", Map.of("endToEndPerSecond", 10_000))
                    .write(out);
            return recorded == sent ? 0 : 1;
        }
    }

    private long sendByHttp(StandaloneServer server) throws Exception {
        AtomicLong next = new AtomicLong();
        AtomicLong recorded = new AtomicLong();
        Traffic traffic = new Traffic("e", agents);
        long start = System.nanoTime();
        long deadline = start + Duration.ofSeconds(seconds).toNanos();
        try (ExecutorService threads = Executors.newFixedThreadPool(senders)) {
            List<Future<?>> running = new ArrayList<>();
            for (int s = 0; s < senders; s++) {
                running.add(threads.submit(() -> {
                    while (System.nanoTime() < deadline) {
                        long from = next.getAndAdd(batch);
                        pace(from, start);
                        String body = LongStream.range(from, from + batch)
                                .mapToObj(n -> KernelJson.mapper().writeValueAsString(traffic.message(n)))
                                .collect(Collectors.joining("\n"));
                        recorded.addAndGet(post(server.url().resolve("/v1/messages"), body));
                    }
                    return null;
                }));
            }
            for (Future<?> task : running) {
                task.get();
            }
        }
        return recorded.get();
    }

    private long post(URI door, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(door)
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        while (true) {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == 429) {
                Thread.sleep(50);
                continue;
            }
            JsonNode answer = KernelJson.mapper().readTree(response.body());
            if (response.statusCode() != 200) {
                throw new IOException("the door answered " + response.statusCode() + ": " + response.body());
            }
            long refused = answer.path("refused").asLong();
            if (refused == 0) {
                return answer.path("recorded").asLong()
                        + answer.path("duplicates").asLong();
            }
            // What was refused for lack of room is sent again; the rest are duplicates then.
            Thread.sleep(50);
        }
    }

    private long sendByKafka(StandaloneServer server) throws Exception {
        Traffic traffic = new Traffic("k", agents);
        long start = System.nanoTime();
        long deadline = start + Duration.ofSeconds(seconds).toNanos();
        long number = 0;
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", server.kafka(), "acks", "all", "linger.ms", "5", "batch.size", "131072"),
                new StringSerializer(),
                new ByteArraySerializer())) {
            while (System.nanoTime() < deadline) {
                var message = traffic.message(number++);
                pace(number, start);
                producer.send(new ProducerRecord<>(
                        "agent-messages-raw",
                        message.agentId().value(),
                        KernelJson.mapper().writeValueAsBytes(message)));
            }
            producer.flush();
        }
        return number;
    }

    private void pace(long number, long start) throws InterruptedException {
        if (rate > 0) {
            long due = start + (long) (number * 1e9 / rate);
            long wait = due - System.nanoTime();
            if (wait > 0) {
                Thread.sleep(Duration.ofNanos(wait));
            }
        }
    }

    private Map<String, Double> awaitCaughtUp(StandaloneServer server, long sent, long start) throws Exception {
        Map<String, Double> after = new LinkedHashMap<>();
        long deadline = System.nanoTime() + Duration.ofMinutes(10).toNanos();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", server.kafka()))) {
            while (System.nanoTime() < deadline) {
                JsonNode status = get(server, "/v1/status");
                long head = status.path("head").asLong();
                boolean all = head >= sent;
                for (JsonNode projection : status.path("projections")) {
                    boolean there = head >= sent && projection.path("position").asLong() >= head;
                    all &= there;
                    if (there) {
                        after.putIfAbsent(projection.path("name").asString(), Report.rounded(secondsSince(start)));
                    }
                }
                boolean mirrored = head >= sent && mirrored(admin) >= head;
                if (mirrored) {
                    after.putIfAbsent("mirror", Report.rounded(secondsSince(start)));
                }
                if (all && mirrored) {
                    return after;
                }
                Thread.sleep(100);
            }
        }
        throw new IllegalStateException("not caught up after 10 minutes; caught up so far: " + after);
    }

    private static long mirrored(Admin admin) throws Exception {
        Map<TopicPartition, OffsetSpec> ends =
                admin.describeTopics(List.of("agent-events")).allTopicNames().get().values().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .collect(Collectors.toMap(
                                p -> new TopicPartition("agent-events", p.partition()), p -> OffsetSpec.latest()));
        return admin.listOffsets(ends).all().get().values().stream()
                .mapToLong(end -> end.offset())
                .sum();
    }

    private long counted(StandaloneServer server) throws Exception {
        return get(server, "/v1/graph?nodes=1").path("messageCount").asLong();
    }

    private JsonNode get(StandaloneServer server, String path) throws Exception {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(server.url().resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
        return KernelJson.mapper().readTree(response.body());
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
