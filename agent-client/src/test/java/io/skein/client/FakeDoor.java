package io.skein.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A door on a real socket that records what it is sent, once for each message id, and misbehaves as told, one fault a request. */
final class FakeDoor implements AutoCloseable {
    enum Fault {
        NONE,
        /** Answers 429 with Retry-After: 0, recording nothing. */
        OVERLOADED,
        /** Answers 503. */
        UNAVAILABLE,
        /** Answers 500 with a page instead of a problem. */
        BROKEN,
        /** Closes the connection before recording. */
        DROPPED_BEFORE,
        /** Records, then closes the connection in the middle of the answer. */
        DROPPED_IN_THE_ANSWER,
        /** Records the first half of the batch and tells so, the others being overloaded. */
        HALF
    }

    final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    final List<String> requests = new ArrayList<>();
    private final HttpServer server;
    private final Map<String, Long> positions = new LinkedHashMap<>();
    private final List<Map<?, ?>> recorded = new ArrayList<>();
    private Predicate<Map<?, ?>> refuses = message -> false;
    private @Nullable String apiKey;
    private int statusForAll;
    private String retryAfter = "0";

    FakeDoor() {
        this(0);
    }

    FakeDoor(int port) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    FakeDoor refuses(Predicate<Map<?, ?>> which) {
        refuses = which;
        return this;
    }

    FakeDoor wants(String key) {
        apiKey = key;
        return this;
    }

    FakeDoor answersAll(int status) {
        statusForAll = status;
        return this;
    }

    FakeDoor retryAfter(String value) {
        retryAfter = value;
        return this;
    }

    synchronized List<Map<?, ?>> recorded() {
        return List.copyOf(recorded);
    }

    List<String> recordedIds() {
        return recorded().stream()
                .map(message -> String.valueOf(message.get("messageId")))
                .toList();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        synchronized (this) {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            if (statusForAll != 0) {
                respond(exchange, statusForAll, "{\"reason\":\"x\",\"detail\":\"as told\"}");
                return;
            }
            if (apiKey != null
                    && !("Bearer " + apiKey).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                respond(exchange, 401, "{\"detail\":\"who are you?\"}");
                return;
            }
            List<?> messages =
                    (List<?>) java.util.Objects.requireNonNull(Json.parse(new String(body, StandardCharsets.UTF_8)));
            Fault fault = faults.isEmpty() ? Fault.NONE : faults.remove();
            switch (fault) {
                case NONE -> respond(exchange, 200, record(messages, messages.size()));
                case OVERLOADED -> {
                    exchange.getResponseHeaders().set("Retry-After", retryAfter);
                    respond(exchange, 429, "{\"reason\":\"overloaded\",\"detail\":\"too much at once\"}");
                }
                case UNAVAILABLE -> respond(exchange, 503, "{\"reason\":\"log_unavailable\"}");
                case BROKEN -> respond(exchange, 500, "<html>oops</html>");
                case DROPPED_BEFORE -> exchange.close();
                case DROPPED_IN_THE_ANSWER -> {
                    byte[] answer = record(messages, messages.size()).getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer, 0, answer.length / 2);
                    exchange.getResponseBody().flush();
                    exchange.close();
                }
                case HALF -> respond(exchange, 200, record(messages, (messages.size() + 1) / 2));
            }
        }
    }

    private String record(List<?> messages, int upTo) {
        StringBuilder results = new StringBuilder();
        for (int i = 0; i < messages.size(); i++) {
            Map<?, ?> message = (Map<?, ?>) java.util.Objects.requireNonNull(messages.get(i));
            String id = String.valueOf(message.get("messageId"));
            String result;
            if (i >= upTo) {
                result = "\"status\":\"refused\",\"problem\":{\"reason\":\"overloaded\",\"detail\":\"later\"}";
            } else if (refuses.test(message)) {
                result =
                        "\"status\":\"refused\",\"problem\":{\"reason\":\"invalid\",\"field\":\"type\",\"detail\":\"not today\"}";
            } else if (positions.containsKey(id)) {
                result = "\"status\":\"duplicate\",\"position\":" + positions.get(id);
            } else {
                recorded.add(message);
                positions.put(id, (long) recorded.size());
                result = "\"status\":\"recorded\",\"position\":" + recorded.size();
            }
            results.append(i == 0 ? "" : ",")
                    .append("{\"messageId\":")
                    .append(Json.quote(id))
                    .append(",\"index\":")
                    .append(i)
                    .append(',')
                    .append(result)
                    .append('}');
        }
        return "{\"recorded\":0,\"duplicates\":0,\"blocked\":0,\"refused\":0,\"results\":[" + results + "]}";
    }

    private static void respond(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
