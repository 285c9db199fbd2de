package io.skein.standalone.client;

import io.skein.eventlog.KernelJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** A running server over HTTP. Sending waits while the server is full or gone, up to the patience given. Thread-safe. */
public final class ServerClient implements AutoCloseable {
    /** As {@link #send}; how often it had to be repeated because the connection broke. */
    public record Sent(List<Answer> answers, int repeats) {}

    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration SEND_TIMEOUT = Duration.ofSeconds(60);
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 3_000;

    private final URI server;
    private final Duration patience;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    /** @param patience how long sending goes on trying without any progress */
    public ServerClient(URI server, Duration patience) {
        String text = server.toString();
        this.server = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        this.patience = patience;
    }

    public URI server() {
        return server;
    }

    /** Whether a Skein answers there now. */
    public boolean isUp() {
        try {
            status();
            return true;
        } catch (UnreachableException nobody) {
            return false;
        }
    }

    /** @throws UnreachableException if it is not a Skein that answers */
    public ServerStatus status() {
        JsonNode node = get("/v1/status");
        List<ServerStatus.Projection> projections = new ArrayList<>();
        for (JsonNode projection : node.path("projections")) {
            projections.add(new ServerStatus.Projection(
                    projection.path("name").asString(""),
                    projection.path("position").asLong(0),
                    projection.path("lag").asLong(0),
                    projection.path("deadLetters").asLong(0)));
        }
        if (!node.path("head").isIntegralNumber()) {
            throw new UnreachableException(server, "answers, but not as Skein does (no head in /v1/status)", null);
        }
        return new ServerStatus(node.path("head").asLong(), projections);
    }

    /**
     * Asks and writes the answer's body to a file as it comes; no limit but the disk's.
     *
     * @return empty; else what the server said instead
     * @throws UnreachableException if nobody answers, or the answer breaks off
     */
    public Optional<String> save(String path, Path file) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(server + path)).GET().build();
        try {
            HttpResponse<InputStream> answer = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = answer.body()) {
                if (answer.statusCode() != 200) {
                    return Optional.of(
                            read(body.readNBytes(64 * 1024)).path("detail").asString("status " + answer.statusCode()));
                }
                Files.copy(body, file, StandardCopyOption.REPLACE_EXISTING);
                return Optional.empty();
            }
        } catch (IOException failure) {
            throw new UnreachableException(server, "the answer broke off", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UnreachableException(server, "interrupted while waiting for it", interrupted);
        }
    }

    public List<String> networks() {
        List<String> networks = new ArrayList<>();
        get("/v1/networks").forEach(network -> networks.add(network.asString()));
        return networks;
    }

    /** The graph's counts for a network: the members {@code nodeCount}, {@code edgeCount}, {@code messageCount}. */
    public JsonNode graphCounts(String network) {
        return get("/v1/graph?nodes=1&network=" + encode(network));
    }

    /** The rules in force in a network; null: in every network that has none of its own. */
    public JsonNode policy(@Nullable String network) {
        return get("/v1/policy" + (network == null ? "" : "?network=" + encode(network)));
    }

    /**
     * Changes rules.
     *
     * @return the answer; a problem, which has a {@code reason}, where it was refused
     * @throws UnreachableException if nobody answers
     */
    public JsonNode changePolicy(@Nullable String network, JsonNode change) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(server + "/v1/policy" + (network == null ? "" : "?network=" + encode(network))))
                .timeout(ASK_TIMEOUT)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(KernelJson.mapper().writeValueAsBytes(change)))
                .build();
        try {
            return read(
                    http.send(request, HttpResponse.BodyHandlers.ofByteArray()).body());
        } catch (IOException failure) {
            throw new UnreachableException(server, "nobody answers", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UnreachableException(server, "interrupted while waiting for it", interrupted);
        }
    }

    /** How many alerts a network has, counted page by page. */
    public long alerts(String network) {
        long count = 0;
        String cursor = "";
        do {
            JsonNode page = get("/v1/alerts?limit=1000&network=" + encode(network)
                    + (cursor.isEmpty() ? "" : "&cursor=" + encode(cursor)));
            count += page.path("items").size();
            cursor = page.path("next").asString("");
        } while (!cursor.isEmpty());
        return count;
    }

    /**
     * Sends messages, one JSON object each, in this order; returns an answer for each, in this order. Safe to call again with the same
     * messages: their ids make them idempotent.
     *
     * @throws UnreachableException if the server stays away for longer than the patience
     */
    public Sent send(List<byte[]> messages) throws InterruptedException {
        byte[] body = join(messages);
        long deadline = System.nanoTime() + patience.toNanos();
        long pause = FIRST_PAUSE_MILLIS;
        int repeats = 0;
        while (true) {
            HttpRequest request = HttpRequest.newBuilder(server.resolve("/v1/messages"))
                    .timeout(SEND_TIMEOUT)
                    .header("Content-Type", "application/x-ndjson")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build();
            String trouble;
            @Nullable Throwable cause = null;
            try {
                HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
                int code = response.statusCode();
                if (code == 200) {
                    return new Sent(answers(response.body(), messages.size()), repeats);
                }
                if (code >= 400 && code < 500 && code != 429 && code != 408) {
                    return refusedWhole(messages, response);
                }
                trouble = "answers " + code + " to /v1/messages";
                long wish = response.headers().firstValueAsLong("Retry-After").orElse(0) * 1_000;
                pause = Math.max(pause, Math.min(wish, 30_000));
                if (code == 429) {
                    deadline = System.nanoTime() + patience.toNanos();
                }
            } catch (ConnectException gone) {
                trouble = "nobody answers";
                cause = gone;
            } catch (IOException broken) {
                repeats++;
                trouble = "the connection broke";
                cause = broken;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new UnreachableException(server, trouble + " for " + patience.toSeconds() + " s", cause);
            }
            Thread.sleep(pause);
            pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    /** A whole batch was refused: halve it until the one that is at fault stands alone. */
    private Sent refusedWhole(List<byte[]> messages, HttpResponse<byte[]> response) throws InterruptedException {
        if (messages.size() == 1) {
            return new Sent(List.of(refusal(response)), 0);
        }
        int middle = messages.size() / 2;
        Sent first = send(messages.subList(0, middle));
        Sent second = send(messages.subList(middle, messages.size()));
        List<Answer> both = new ArrayList<>(first.answers());
        both.addAll(second.answers());
        return new Sent(both, first.repeats() + second.repeats());
    }

    private static Answer refusal(HttpResponse<byte[]> response) {
        JsonNode node;
        try {
            node = KernelJson.mapper().readTree(response.body());
        } catch (JacksonException notJson) {
            node = KernelJson.mapper().createObjectNode();
        }
        return new Answer(
                Answer.Status.REFUSED,
                text(node, "messageId"),
                null,
                new Answer.Problem(
                        node.path("reason").asString("http_" + response.statusCode()),
                        text(node, "field"),
                        text(node, "detail")));
    }

    private List<Answer> answers(byte[] body, int expected) {
        JsonNode node = read(body);
        List<Answer> answers = new ArrayList<>();
        if (node.has("results")) {
            node.path("results").forEach(result -> answers.add(answer(result)));
        } else {
            answers.add(answer(node));
        }
        if (answers.size() != expected) {
            throw new UnreachableException(
                    server, "answered " + answers.size() + " results to " + expected + " messages", null);
        }
        return answers;
    }

    private static Answer answer(JsonNode node) {
        String word = node.path("status").asString("");
        JsonNode problem = node.path("problem");
        return new Answer(
                Answer.Status.valueOf(word.toUpperCase(Locale.ROOT)),
                text(node, "messageId"),
                node.path("position").isIntegralNumber() ? node.path("position").asLong() : null,
                problem.isObject()
                        ? new Answer.Problem(
                                problem.path("reason").asString("invalid"),
                                text(problem, "field"),
                                text(problem, "detail"))
                        : null);
    }

    /**
     * Asks anything.
     *
     * @return the answer; a problem, which has a {@code detail}, where it was refused
     * @throws UnreachableException if nobody answers
     */
    public JsonNode ask(String path) {
        return exchange(HttpRequest.newBuilder(URI.create(server + path))
                .timeout(ASK_TIMEOUT)
                .build());
    }

    /** As {@link #ask}, sending a body. */
    public JsonNode post(String path, JsonNode body) {
        return exchange(HttpRequest.newBuilder(URI.create(server + path))
                .timeout(ASK_TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(KernelJson.mapper().writeValueAsBytes(body)))
                .build());
    }

    /**
     * Writes an answer of any length to a file, or to the screen where there is none.
     *
     * @return why the server refused; empty where it did not
     * @throws UnreachableException if nobody answers
     */
    public String download(String path, @Nullable Path file) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server + path)).build();
        try {
            HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() != 200) {
                    return read(body.readAllBytes())
                            .path("detail")
                            .asString("the server answers " + response.statusCode());
                }
                if (file == null) {
                    body.transferTo(System.out);
                    System.out.flush();
                } else {
                    Files.copy(body, file, StandardCopyOption.REPLACE_EXISTING);
                }
                return "";
            }
        } catch (ConnectException failure) {
            throw new UnreachableException(server, "nobody answers", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UnreachableException(server, "interrupted while waiting for it", interrupted);
        }
    }

    private JsonNode exchange(HttpRequest request) {
        try {
            return read(
                    http.send(request, HttpResponse.BodyHandlers.ofByteArray()).body());
        } catch (IOException failure) {
            throw new UnreachableException(server, "nobody answers", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UnreachableException(server, "interrupted while waiting for it", interrupted);
        }
    }

    private JsonNode get(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server + path))
                .timeout(ASK_TIMEOUT)
                .header("Accept", "application/json")
                .build();
        try {
            HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() != 200) {
                throw new UnreachableException(server, "answers " + response.statusCode() + " to GET " + path, null);
            }
            return read(response.body());
        } catch (IOException failure) {
            throw new UnreachableException(server, "nobody answers", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UnreachableException(server, "interrupted while waiting for it", interrupted);
        }
    }

    private JsonNode read(byte[] body) {
        try {
            return KernelJson.mapper().readTree(body);
        } catch (JacksonException notJson) {
            throw new UnreachableException(server, "answers, but not in JSON", notJson);
        }
    }

    private static byte[] join(List<byte[]> messages) {
        int size = messages.stream().mapToInt(message -> message.length + 1).sum();
        byte[] body = new byte[size];
        int at = 0;
        for (byte[] message : messages) {
            System.arraycopy(message, 0, body, at, message.length);
            at += message.length;
            body[at++] = '\n';
        }
        return body;
    }

    private static @Nullable String text(JsonNode node, String member) {
        return node.path(member).isString() ? node.path(member).asString() : null;
    }

    /** As a part of a path or query. */
    public static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
