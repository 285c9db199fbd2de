package io.skein.bench;

import io.skein.eventlog.KernelJson;
import io.skein.standalone.server.ServerOptions;
import io.skein.standalone.server.Stages;
import io.skein.standalone.server.StandaloneServer;
import jakarta.websocket.ContainerProvider;
import jakarta.websocket.WebSocketContainer;
import java.io.PrintWriter;
import java.lang.reflect.Type;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.simp.stomp.StompFrameHandler;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.messaging.WebSocketStompClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** From the moment an agent sends a message to the moment a dashboard has been told of it, over HTTP and WebSocket on loopback. */
@Command(name = "latency", description = "Sent by HTTP to shown on a WebSocket client, at a steady rate.")
final class LatencyBench implements Callable<Integer> {
    private static final int MAX_FRAME_BYTES = 16 << 20;

    @Option(names = "--rate", defaultValue = "2000", description = "Messages a second (default ${DEFAULT-VALUE}).")
    private int rate;

    @Option(names = "--seconds", defaultValue = "30", description = "How long to measure (default ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "60",
            description = "Seconds of the same load before that (default ${DEFAULT-VALUE}).")
    private int warmUpSeconds;

    @Option(
            names = "--batch",
            defaultValue = "20",
            description = "Messages of one HTTP request (default ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--agents", defaultValue = "200", description = "Agents that send (default ${DEFAULT-VALUE}).")
    private int agents;

    @Option(names = "--out", description = "Also write the JSON to this file.")
    private @Nullable Path out;

    private final HttpClient http = HttpClient.newHttpClient();
    /** When the message at a position was sent; taken out when it is shown. */
    private final ConcurrentSkipListMap<Long, Long> sentAt = new ConcurrentSkipListMap<>();

    /** Number of the next message; the warm-up and the measured part are one stream. */
    private long next;

    private final List<Long> latencies = new ArrayList<>();
    private final AtomicLong shown = new AtomicLong();

    @Override
    public Integer call() throws Exception {
        Path data = Files.createTempDirectory("skein-bench-");
        try (StandaloneServer server = StandaloneServer.start(
                new ServerOptions(data, 0, 0, "127.0.0.1", false, Map.of(), null),
                new Stages(new PrintWriter(System.err, true)))) {
            StompSession watcher = watch(server.url());
            long warmUp = Duration.ofSeconds(warmUpSeconds).toNanos();
            CpuLedger ledger = new CpuLedger(data);
            long start = System.nanoTime();
            send(server, start, start + warmUp, start + warmUp);
            Map<String, Long> cpuFrom = ledger.read();
            long measuring = System.nanoTime();
            send(server, start, start + warmUp + Duration.ofSeconds(seconds).toNanos(), start + warmUp);
            double measuredSeconds = (System.nanoTime() - measuring) / 1e9;
            Map<String, Long> cpuTo = ledger.read();
            awaitAllShown();
            watcher.disconnect();
            long[] nanos = latencies();
            new Report("latency")
                    .put("messagesPerSecond", rate)
                    .put("batch", batch)
                    .put("warmUpSeconds", warmUpSeconds)
                    .put("measured", nanos.length)
                    .put("sentPerSecond", Math.round(nanos.length / measuredSeconds))
                    .put("cpuMicrosPerMessageByStage", CpuLedger.microsPerMessage(cpuFrom, cpuTo, nanos.length))
                    .put(
                            "millis",
                            Map.of(
                                    "p50", Report.rounded(Report.quantile(nanos, 0.5) / 1e6),
                                    "p90", Report.rounded(Report.quantile(nanos, 0.9) / 1e6),
                                    "p99", Report.rounded(Report.quantile(nanos, 0.99) / 1e6),
                                    "max", Report.rounded(Report.quantile(nanos, 1) / 1e6)))
                    .put("targets", Map.of("p50", 30, "p99", 150))
                    .put("notShown", sentAt.size())
                    .write(out);
            return sentAt.isEmpty() ? 0 : 1;
        }
    }

    private StompSession watch(URI server) throws Exception {
        WebSocketContainer container = ContainerProvider.getWebSocketContainer();
        container.setDefaultMaxTextMessageBufferSize(MAX_FRAME_BYTES);
        container.setDefaultMaxBinaryMessageBufferSize(MAX_FRAME_BYTES);
        WebSocketStompClient client = new WebSocketStompClient(new StandardWebSocketClient(container));
        client.setInboundMessageSizeLimit(MAX_FRAME_BYTES);
        StompSession session = client.connectAsync(
                        "ws://" + server.getAuthority() + "/live", new StompSessionHandlerAdapter() {})
                .get(10, TimeUnit.SECONDS);
        session.subscribe("/topic/live.default.graph", new StompFrameHandler() {
            @Override
            public Type getPayloadType(StompHeaders headers) {
                return byte[].class;
            }

            @Override
            public void handleFrame(StompHeaders headers, @Nullable Object payload) {
                JsonNode delta = KernelJson.mapper().readTree((byte[]) payload);
                show(delta.path("to").asLong(), System.nanoTime());
            }
        });
        return session;
    }

    private void show(long to, long now) {
        shown.accumulateAndGet(to, Math::max);
        var upTo = sentAt.headMap(to, true);
        synchronized (latencies) {
            upTo.values().forEach(sent -> latencies.add(now - sent));
        }
        upTo.clear();
    }

    private void send(StandaloneServer server, long start, long end, long measureFrom) throws Exception {
        Traffic traffic = new Traffic("l", agents);
        try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
            for (; ; next += batch) {
                long from = next;
                long due = start + (long) (from * 1e9 / rate);
                if (due > end) {
                    return;
                }
                long wait = due - System.nanoTime();
                if (wait > 0) {
                    Thread.sleep(Duration.ofNanos(wait));
                }
                long first = from;
                requests.submit(() -> {
                    StringBuilder body = new StringBuilder();
                    for (long number = first; number < first + batch; number++) {
                        traffic.json(number, body).append('\n');
                    }
                    // From the moment it was due: a sender that is held up counts against us.
                    post(server.url(), body.toString(), due, due >= measureFrom);
                    return null;
                });
            }
        }
    }

    private void post(URI server, String body, long sent, boolean measured) throws Exception {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(server.resolve("/v1/messages"))
                        .header("Content-Type", "application/x-ndjson")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (!measured) {
            return;
        }
        long now = System.nanoTime();
        for (JsonNode result : KernelJson.mapper().readTree(answer.body()).path("results")) {
            long position = result.path("position").asLong();
            // The delta may be faster than the answer.
            if (shown.get() >= position) {
                synchronized (latencies) {
                    latencies.add(now - sent);
                }
            } else {
                sentAt.put(position, sent);
                if (shown.get() >= position && sentAt.remove(position) != null) {
                    synchronized (latencies) {
                        latencies.add(now - sent);
                    }
                }
            }
        }
    }

    private void awaitAllShown() throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!sentAt.isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(20);
        }
    }

    private long[] latencies() {
        synchronized (latencies) {
            return latencies.stream().mapToLong(Long::longValue).toArray();
        }
    }
}
