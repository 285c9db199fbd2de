package io.skein.system;

import io.skein.eventlog.KernelJson;
import io.skein.standalone.server.ServerOptions;
import io.skein.standalone.server.Stages;
import io.skein.standalone.server.StandaloneServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A whole Skein for tests: one for all tests of the process, each test in a network of its own; or one's own on a folder. */
final class RunningSkein implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static @Nullable RunningSkein shared;

    final StandaloneServer server;
    private final HttpClient http = HttpClient.newHttpClient();

    private RunningSkein(StandaloneServer server) {
        this.server = server;
    }

    /** Started at first use, stopped when the process ends. */
    static synchronized RunningSkein shared() throws IOException {
        RunningSkein running = shared;
        if (running == null) {
            running = on(Files.createTempDirectory("skein-system-"));
            shared = running;
            Runtime.getRuntime().addShutdownHook(new Thread(running::close));
        }
        return running;
    }

    static RunningSkein on(Path data) {
        return on(data, Map.of());
    }

    static RunningSkein on(Path data, Map<String, String> settings) {
        return new RunningSkein(StandaloneServer.start(
                new ServerOptions(data, 0, 0, "127.0.0.1", false, settings, null),
                new Stages(new PrintWriter(Writer.nullWriter()))));
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = send(HttpRequest.newBuilder(at(path)).build());
        if (response.statusCode() != 200) {
            throw new IOException("GET " + path + " answered " + response.statusCode() + ": " + response.body());
        }
        return KernelJson.mapper().readTree(response.body());
    }

    /** The answer, whatever its status; the status stands in {@code status}. */
    HttpResponse<String> post(String path, String contentType, String body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(at(path))
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    /** All items of a paged list. */
    List<JsonNode> all(String path) throws IOException, InterruptedException {
        List<JsonNode> items = new ArrayList<>();
        String next = null;
        do {
            JsonNode page = get(path + (next == null ? "" : "&cursor=" + encode(next)));
            page.path("items").forEach(items::add);
            next = page.path("next").isString() ? page.path("next").asString() : null;
        } while (next != null);
        return items;
    }

    /** Waits until every projection has seen the whole log. */
    void awaitCaughtUp() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        JsonNode status = get("/v1/status");
        while (System.nanoTime() < deadline) {
            status = get("/v1/status");
            long head = status.path("head").asLong();
            boolean there = !status.path("projections").isEmpty();
            for (JsonNode projection : status.path("projections")) {
                there &= projection.path("position").asLong() >= head;
            }
            if (there) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("projections have not caught up after " + PATIENCE + ": " + status);
    }

    URI at(String path) {
        return server.url().resolve(path);
    }

    static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        server.close();
    }
}
