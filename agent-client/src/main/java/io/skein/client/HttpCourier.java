package io.skein.client;

import io.skein.client.BusException.Reason;
import java.io.ByteArrayOutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Carries envelopes to {@code POST /v1/messages}, one request at a time. */
final class HttpCourier implements Courier {
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(10);

    private final HttpClient client;
    private final URI door;
    private final @Nullable String apiKey;
    private final Duration requestTimeout;

    HttpCourier(HttpMessageBus.Builder settings) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.connectTimeout);
        if (settings.tls != null) {
            builder.sslContext(settings.tls);
        }
        this.client = builder.build();
        String base = settings.address.toString();
        this.door = URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + "/v1/messages");
        this.apiKey = settings.apiKey;
        this.requestTimeout = settings.requestTimeout;
    }

    @Override
    public List<Delivery> deliver(List<Envelope> batch) throws InterruptedException {
        HttpResponse<byte[]> response;
        try {
            response = post(batch);
        } catch (ExecutionException failure) {
            return failed(batch, trouble(failure.getCause() == null ? failure : failure.getCause()), null);
        } catch (TimeoutException late) {
            return failed(
                    batch,
                    unreachable("no whole answer within " + requestTimeout).causedBy(late),
                    null);
        }
        return answered(batch, response);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private HttpResponse<byte[]> post(List<Envelope> batch)
            throws InterruptedException, ExecutionException, TimeoutException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write('[');
        for (Envelope envelope : batch) {
            if (body.size() > 1) {
                body.write(',');
            }
            body.writeBytes(envelope.json());
        }
        body.write(']');
        HttpRequest.Builder request = HttpRequest.newBuilder(door)
                .timeout(requestTimeout)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, application/problem+json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()));
        if (apiKey != null) {
            request.header("Authorization", "Bearer " + apiKey);
        }
        // The client's own timeout ends with the headers; a body that stalls must not hold us for ever.
        CompletableFuture<HttpResponse<byte[]>> response =
                client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        try {
            return response.get(requestTimeout.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            response.cancel(true);
        }
    }

    private List<Delivery> answered(List<Envelope> batch, HttpResponse<byte[]> response) throws InterruptedException {
        int status = response.statusCode();
        return switch (status) {
            case 200 -> results(batch, response);
            case 400, 409, 413, 422 -> refusedOrHalved(batch, response);
            case 401 ->
                failed(
                        batch,
                        new BusException(
                                Reason.BAD_CREDENTIALS,
                                "Skein at " + door,
                                apiKey == null ? "asks for an API key" : "does not accept the API key",
                                "an agent's API key that is valid",
                                "set apiKey, or have a new one made"),
                        null);
            case 403 ->
                failed(
                        batch,
                        new BusException(
                                Reason.MISSING_RIGHTS,
                                "Skein at " + door,
                                "the API key may not send messages" + detail(response),
                                "the role agent",
                                "have the role granted to the key"),
                        null);
            case 429 ->
                failed(
                        batch,
                        new BusException(
                                Reason.OVERLOADED,
                                "Skein at " + door,
                                "has too much at once" + detail(response),
                                "room for " + batch.size() + " messages",
                                "wait; nothing is lost"),
                        retryAfter(response));
            case 408, 500, 502, 503, 504 ->
                failed(
                        batch,
                        new BusException(
                                Reason.UNAVAILABLE,
                                "Skein at " + door,
                                "answers " + status + detail(response),
                                "200",
                                "wait; see the server's log if it lasts"),
                        retryAfter(response));
            default -> failed(batch, wrongAddress("answers " + status), retryAfter(response));
        };
    }

    /** The whole request was refused: one message at fault must not take the others with it. */
    private List<Delivery> refusedOrHalved(List<Envelope> batch, HttpResponse<byte[]> response)
            throws InterruptedException {
        if (batch.size() == 1) {
            Map<?, ?> problem = object(response);
            String word = word(problem, "reason");
            Reason byStatus = response.statusCode() == 413
                    ? Reason.REFUSED_TOO_LARGE
                    : response.statusCode() == 409 ? Reason.ID_REUSED : Reason.REFUSED;
            return List.of(refusal(batch.getFirst(), problem, word.isEmpty() ? byStatus : reason(word)));
        }
        List<Delivery> deliveries = new ArrayList<>(deliver(batch.subList(0, batch.size() / 2)));
        List<Envelope> rest = batch.subList(batch.size() / 2, batch.size());
        for (Delivery delivery : deliveries) {
            if (delivery instanceof Delivery.Failed failed) {
                deliveries.addAll(failed(rest, failed.trouble(), failed.retryAfter()));
                return deliveries;
            }
        }
        deliveries.addAll(deliver(rest));
        return deliveries;
    }

    private List<Delivery> results(List<Envelope> batch, HttpResponse<byte[]> response) {
        Map<?, ?> body = object(response);
        List<?> results = body.get("results") instanceof List<?> several
                ? several
                : body.containsKey("status") ? List.of(body) : List.of();
        if (results.size() != batch.size()) {
            return failed(
                    batch,
                    wrongAddress("answers 200 with " + results.size() + " results for " + batch.size() + " messages"),
                    null);
        }
        List<Delivery> deliveries = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            deliveries.add(result(batch.get(i), results.get(i) instanceof Map<?, ?> result ? result : Map.of()));
        }
        return deliveries;
    }

    private Delivery result(Envelope envelope, Map<?, ?> result) {
        Long position = result.get("position") instanceof Number number ? number.longValue() : null;
        return switch (word(result, "status")) {
            case "recorded" -> delivered(envelope, Receipt.Status.RECORDED, position);
            case "duplicate" -> delivered(envelope, Receipt.Status.DUPLICATE, position);
            case "blocked" -> delivered(envelope, Receipt.Status.BLOCKED, position);
            case "refused" -> {
                Map<?, ?> problem = result.get("problem") instanceof Map<?, ?> known ? known : Map.of();
                yield refusal(envelope, problem, reason(word(problem, "reason")));
            }
            default ->
                new Delivery.Failed(
                        wrongAddress("answers with the status '" + word(result, "status") + "' for a message"), null);
        };
    }

    private static Delivery delivered(Envelope envelope, Receipt.Status status, @Nullable Long position) {
        return new Delivery.Delivered(new Receipt(envelope.messageId(), status, position, null));
    }

    private Delivery refusal(Envelope envelope, Map<?, ?> problem, Reason reason) {
        String field = word(problem, "field");
        String detail = word(problem, "detail");
        BusException why = new BusException(
                reason,
                "message " + envelope.messageId() + (field.isEmpty() ? "" : ", " + field),
                "is not taken by Skein" + (detail.isEmpty() ? "" : ": " + detail),
                "a message by the rules of the door",
                reason == Reason.ID_REUSED
                        ? "give each message an id of its own"
                        : "correct it and send it under a new id");
        return reason.fate() == BusException.Fate.KEPT ? new Delivery.Failed(why, null) : new Delivery.Refused(why);
    }

    private static Reason reason(String word) {
        return switch (word) {
            case "too_large" -> Reason.REFUSED_TOO_LARGE;
            case "id_reused" -> Reason.ID_REUSED;
            case "overloaded" -> Reason.OVERLOADED;
            case "log_unavailable" -> Reason.UNAVAILABLE;
            default -> Reason.REFUSED;
        };
    }

    private BusException trouble(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable cause = failure; cause != null && chain.size() < 20; cause = cause.getCause()) {
            chain.add(cause);
        }
        // A missing address comes wrapped into a failed connection, so the particular goes before the general.
        for (Throwable cause : chain) {
            if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
                return new BusException(
                                Reason.UNKNOWN_HOST,
                                "Skein at " + door,
                                "host " + door.getHost() + " has no address",
                                "a name that resolves",
                                "correct the address, or the name service")
                        .causedBy(failure);
            }
            if (cause instanceof SSLException) {
                return new BusException(
                                Reason.BAD_TLS,
                                "Skein at " + door,
                                "TLS failed: " + cause.getMessage(),
                                "a certificate that is trusted, for this host name",
                                "set tls to a context that trusts it, or correct the host name")
                        .causedBy(failure);
            }
        }
        return chain.stream().anyMatch(ConnectException.class::isInstance)
                ? unreachable("nobody takes the connection").causedBy(failure)
                : unreachable("the connection failed: " + failure).causedBy(failure);
    }

    private BusException unreachable(String found) {
        return new BusException(
                Reason.UNREACHABLE,
                "Skein at " + door,
                found,
                "an answer within " + requestTimeout,
                "check that it runs, the port and the way there");
    }

    private BusException wrongAddress(String found) {
        return new BusException(
                Reason.WRONG_ADDRESS,
                "Skein at " + door,
                found,
                "200 and one result for each message",
                "correct the address: it names the server alone, and no proxy that answers itself");
    }

    private static List<Delivery> failed(List<Envelope> batch, BusException trouble, @Nullable Duration retryAfter) {
        return batch.stream()
                .<Delivery>map(envelope -> new Delivery.Failed(trouble, retryAfter))
                .toList();
    }

    private static @Nullable Duration retryAfter(HttpResponse<?> response) {
        String value = response.headers().firstValue("Retry-After").orElse("").strip();
        if (value.isEmpty()) {
            return null;
        }
        Duration wait;
        try {
            wait = value.chars().allMatch(Character::isDigit)
                    ? Duration.ofSeconds(Long.parseLong(value))
                    : Duration.between(
                            ZonedDateTime.now(java.time.ZoneOffset.UTC),
                            ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME));
        } catch (DateTimeException | NumberFormatException unreadable) {
            return null;
        }
        if (wait.isNegative()) {
            return null;
        }
        return wait.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : wait;
    }

    private static String detail(HttpResponse<byte[]> response) {
        String detail = word(object(response), "detail");
        return detail.isEmpty() ? "" : ": " + detail;
    }

    private static Map<?, ?> object(HttpResponse<byte[]> response) {
        try {
            return Json.parse(new String(response.body(), StandardCharsets.UTF_8)) instanceof Map<?, ?> object
                    ? object
                    : Map.of();
        } catch (JacksonException noJson) {
            return Map.of();
        }
    }

    private static String word(Map<?, ?> object, String name) {
        return object.get(name) instanceof String text ? text : "";
    }
}
