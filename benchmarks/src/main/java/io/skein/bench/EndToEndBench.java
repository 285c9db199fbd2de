package io.skein.bench;

import io.skein.eventlog.KernelJson;
import io.skein.standalone.server.ServerOptions;
import io.skein.standalone.server.Stages;
import io.skein.standalone.server.StandaloneServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
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

/**
 * Doors → log → mirror acknowledged → all projections caught up: the whole server with its own PostgreSQL and Kafka, on a fresh folder. Senders wait while the
 * slowest reader of the log is too far behind, so what is measured is what everything together sustains.
 */
@Command(
        name = "endtoend",
        description = "Messages through the HTTP and Kafka doors, with mirror and projections keeping up.")
final class EndToEndBench implements Callable<Integer> {
    private static final int MAX_SECONDS = 300;

    @Option(
            names = "--seconds",
            defaultValue = "60",
            description = "How long to measure, 300 at most (default ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "60",
            description = "Seconds of the same load before that (default ${DEFAULT-VALUE}).")
    private int warmUp;

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

    @Option(
            names = "--door",
            defaultValue = "both",
            description = "http, kafka or both, half by each (default ${DEFAULT-VALUE}).")
    private String door = "both";

    @Option(
            names = "--rate",
            defaultValue = "0",
            description = "Messages a second at most; 0: as many as go (default ${DEFAULT-VALUE}).")
    private long rate;

    @Option(
            names = "--max-lag",
            defaultValue = "50000",
            description =
                    "Senders wait while mirror or a projection is further behind (default ${DEFAULT-VALUE} messages).")
    private long maxLag;

    @Option(names = "--profile", description = "Sample the running methods while measuring.")
    private boolean profile;

    @Option(names = "--recording", description = "Keep the samples in this file (JFR).")
    private @Nullable Path recording;

    @Option(names = "--out", description = "Also write the JSON to this file.")
    private @Nullable Path out;

    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicLong sent = new AtomicLong();
    private volatile long slowest;
    private volatile boolean sending = true;
    private volatile @Nullable Exception broken;

    /** Where everything stood at one moment. */
    private record Standing(long nanos, long sent, long head, Map<String, Long> positions) {
        long slowest() {
            return positions.values().stream().mapToLong(Long::longValue).min().orElse(0);
        }
    }

    @Override
    public Integer call() throws Exception {
        if (seconds < 1 || seconds > MAX_SECONDS || warmUp < 0) {
            System.err.println("--seconds is " + seconds + "; expected 1 to " + MAX_SECONDS);
            return 64;
        }
        Path data = Files.createTempDirectory("skein-bench-");
        try (StandaloneServer server = StandaloneServer.start(
                        new ServerOptions(data, 0, 0, "127.0.0.1", false, Map.of(), null),
                        new Stages(new PrintWriter(System.err, true)));
                Admin admin = Admin.create(Map.of("bootstrap.servers", server.kafka()));
                ExecutorService threads = Executors.newCachedThreadPool(
                        Thread.ofPlatform().name("bench-", 0).factory())) {
            CpuLedger ledger = new CpuLedger(data);
            long start = System.nanoTime();
            List<Future<?>> running = new ArrayList<>();
            if (!door.equals("kafka")) {
                Traffic traffic = new Traffic("h", agents);
                AtomicLong next = new AtomicLong();
                for (int s = 0; s < senders; s++) {
                    running.add(threads.submit(() -> watched(() -> sendByHttp(server, traffic, next, start))));
                }
            }
            if (!door.equals("http")) {
                running.add(threads.submit(() -> watched(() -> sendByKafka(server, start))));
            }
            Map<String, Object> found;
            try {
                follow(server, admin, warmUp, new ArrayList<>());
                found = measure(server, admin, ledger);
            } finally {
                sending = false;
            }
            for (Future<?> task : running) {
                task.get();
            }
            Exception failure = broken;
            if (failure != null) {
                throw failure;
            }
            long stopped = System.nanoTime();
            Standing end = awaitCaughtUp(server, admin);
            long recorded = counted(server);
            Report report = new Report("endtoend")
                    .put("door", door)
                    .put("agents", agents)
                    .put("batch", batch)
                    .put("rateAskedFor", rate)
                    .put("warmUpSeconds", warmUp);
            found.forEach(report::put);
            report.put(
                            "afterTheLastMessage",
                            Map.of(
                                    "caughtUpAfterSeconds", Report.rounded((end.nanos() - stopped) / 1e9),
                                    "sent", end.sent(),
                                    "eventsInLog", end.head(),
                                    "countedByTheGraph", recorded,
                                    "lost", end.sent() - recorded))
                    .put("targets", Map.of("endToEndPerSecond", 10_000, "cpuMicrosPerMessage", 200))
                    .write(out);
            return recorded == end.sent() ? 0 : 1;
        }
    }

    private Map<String, Object> measure(StandaloneServer server, Admin admin, CpuLedger ledger) throws Exception {
        List<Map<String, Object>> overTime = new ArrayList<>();
        Profile sampled = profile ? Profile.start() : null;
        Standing from = standing(server, admin);
        Map<String, Long> cpuFrom = ledger.read();
        follow(server, admin, seconds, overTime);
        Standing to = standing(server, admin);
        Map<String, Long> cpuTo = ledger.read();
        double wall = (to.nanos() - from.nanos()) / 1e9;
        long ended = to.slowest() - from.slowest();
        Map<String, Double> micros = CpuLedger.microsPerMessage(cpuFrom, cpuTo, ended);
        double own = micros.entrySet().stream()
                .filter(stage -> !CpuLedger.isBench(stage.getKey()))
                .mapToDouble(Map.Entry::getValue)
                .sum();
        double all = micros.values().stream().mapToDouble(Double::doubleValue).sum();
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("measuredSeconds", Report.rounded(wall));
        found.put("recordedInWindow", to.head() - from.head());
        found.put("throughInWindow", ended);
        found.put("acceptedPerSecond", Math.round((to.head() - from.head()) / wall));
        found.put("endToEndPerSecond", Math.round(ended / wall));
        found.put("ratioToTarget", Report.rounded(ended / wall / 10_000));
        found.put("cpuMicrosPerMessage", Report.rounded(own));
        found.put("cpuMicrosPerMessageByStage", micros);
        // What this run got of the machine, itself and its databases included; the rest went to others or was idle.
        found.put("processorsUsed", Report.rounded(all * ended / 1e6 / wall));
        found.put(
                "perSecondIfAllProcessorsWereOurs",
                Math.round(Runtime.getRuntime().availableProcessors() * 1e6 / Math.max(1, own)));
        found.put(
                "loadAverage",
                Report.rounded(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
        found.put(
                "lagMax",
                overTime.stream()
                        .mapToLong(sample -> (Long) sample.get("lag"))
                        .max()
                        .orElse(0));
        found.put("overTime", overTime);
        if (sampled != null) {
            try (sampled) {
                found.put("profile", sampled.stop(recording));
            }
        }
        return found;
    }

    /** Watches how far everything is, five times a second; keeps a sample each second. */
    private void follow(StandaloneServer server, Admin admin, int length, List<Map<String, Object>> samples)
            throws Exception {
        long start = System.nanoTime();
        long nextSample = start;
        while (System.nanoTime() - start < Duration.ofSeconds(length).toNanos() && broken == null) {
            Standing now = standing(server, admin);
            slowest = now.slowest();
            long lag = Math.max(now.head(), now.sent()) - slowest;
            if (now.nanos() >= nextSample) {
                nextSample += 1_000_000_000L;
                String slowest = now.positions().entrySet().stream()
                        .min(Map.Entry.comparingByValue())
                        .map(Map.Entry::getKey)
                        .orElse("");
                Map<String, Object> sample = new LinkedHashMap<>();
                sample.put("second", Math.round((now.nanos() - start) / 1e9));
                sample.put("sent", now.sent());
                sample.put("head", now.head());
                sample.put("lag", lag);
                sample.put("slowest", slowest);
                samples.add(sample);
            }
            Thread.sleep(200);
        }
    }

    private Standing standing(StandaloneServer server, Admin admin) throws Exception {
        long already = sent.get();
        JsonNode status = get(server, "/v1/status");
        Map<String, Long> positions = new TreeMap<>();
        for (JsonNode projection : status.path("projections")) {
            positions.put(
                    projection.path("name").asString(),
                    projection.path("position").asLong());
        }
        positions.put("mirror", mirrored(admin));
        return new Standing(System.nanoTime(), already, status.path("head").asLong(), positions);
    }

    private interface Sending {
        void run() throws Exception;
    }

    private @Nullable Void watched(Sending work) {
        try {
            work.run();
        } catch (Exception failure) {
            broken = failure;
            sending = false;
        }
        return null;
    }

    private void sendByHttp(StandaloneServer server, Traffic traffic, AtomicLong next, long start) throws Exception {
        URI address = server.url().resolve("/v1/messages");
        StringBuilder body = new StringBuilder();
        while (sending) {
            awaitRoom();
            long from = next.getAndAdd(batch);
            pace(from * (door.equals("both") ? 2 : 1), start);
            body.setLength(0);
            for (long number = from; number < from + batch; number++) {
                traffic.json(number, body).append('\n');
            }
            sent.addAndGet(post(address, body.toString().getBytes(StandardCharsets.UTF_8)));
        }
    }

    private long post(URI address, byte[] body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address)
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        while (true) {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == 429) {
                Thread.sleep(50);
                continue;
            }
            if (response.statusCode() != 200) {
                throw new IOException("the door answered " + response.statusCode() + ": " + response.body());
            }
            if (response.body().contains("\"refused\":0")) {
                return batch;
            }
            // What was refused for lack of room is sent again; the rest are duplicates then.
            Thread.sleep(50);
        }
    }

    private void sendByKafka(StandaloneServer server, long start) throws Exception {
        Traffic traffic = new Traffic("k", agents);
        long number = 0;
        StringBuilder text = new StringBuilder();
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        server.kafka(),
                        "client.id",
                        "bench",
                        "acks",
                        "all",
                        "linger.ms",
                        "5",
                        "batch.size",
                        "131072"),
                new StringSerializer(),
                new ByteArraySerializer())) {
            while (sending) {
                if (number % 100 == 0) {
                    awaitRoom();
                    pace(number * (door.equals("both") ? 2 : 1), start);
                }
                text.setLength(0);
                traffic.json(number, text);
                producer.send(new ProducerRecord<>(
                        "agent-messages-raw",
                        "agent-" + number % agents,
                        text.toString().getBytes(StandardCharsets.UTF_8)));
                number++;
                sent.incrementAndGet();
            }
            producer.flush();
        }
    }

    private void awaitRoom() {
        while (sent.get() - slowest > maxLag && sending) {
            LockSupport.parkNanos(5_000_000);
        }
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

    private Standing awaitCaughtUp(StandaloneServer server, Admin admin) throws Exception {
        long deadline = System.nanoTime() + Duration.ofMinutes(5).toNanos();
        Standing now = standing(server, admin);
        while (now.head() < now.sent() || now.slowest() < now.head()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not caught up after 5 minutes: " + now);
            }
            Thread.sleep(50);
            now = standing(server, admin);
        }
        return now;
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
}
