package io.skein.projection.replay;

import io.skein.eventlog.LogPages;
import io.skein.eventlog.LogRow;
import io.skein.projection.engine.OrderedAct;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Sends the stored bytes of a stretch of the log to a topic that is named for it: key the aggregate's id, headers {@code position}, {@code type},
 * {@code revision} and {@code recordedAt}; at the pace of the recording times a factor, or as fast as the broker takes them. Topics that Skein itself reads
 * or writes are refused.
 */
public final class ReplayToTopic implements OrderedAct {
    private static final Set<String> OURS = Set.of(
            "agent-messages-raw",
            "agent-decisions-processed",
            "system-alerts",
            "causal-graph-updates",
            "analytics-metrics",
            "agent-events",
            "agent-messages-dlq");
    private static final int PAGE = 500;
    private static final long LONGEST_PAUSE_MILLIS = 500;
    private static final long ACKNOWLEDGED_WITHIN_SECONDS = 60;

    private final LogPages log;
    private final Function<String, @Nullable Producer<byte[], byte[]>> producers;

    /** @param producers gives a producer of its own for a topic, or null where no broker is named */
    public ReplayToTopic(LogPages log, Function<String, @Nullable Producer<byte[], byte[]>> producers) {
        this.log = log;
        this.producers = producers;
    }

    @Override
    public String name() {
        return "replay";
    }

    @Override
    public Object carryOut(JsonNode parameters, Progress progress) throws InterruptedException {
        String topic = parameters.path("topic").asString("");
        if (!topic.matches("[a-zA-Z0-9._-]{1,249}") || OURS.contains(topic)) {
            throw new IllegalArgumentException("topic is '" + topic + "'; expected the name of a topic that is none of "
                    + OURS.stream().sorted().toList());
        }
        long head = log.head();
        long from = parameters.path("from").asLong(0);
        long to =
                parameters.path("to").isIntegralNumber() ? parameters.path("to").asLong() : head;
        double speed = parameters.path("speed").asDouble(0);
        if (from < 0 || from > to || to > head || speed < 0) {
            throw new IllegalArgumentException("from is " + from + ", to " + to + ", speed " + speed
                    + "; expected 0 to " + head + ", the end of the log, and a speed of 0 (as fast as can be) or more");
        }
        String type = parameters.path("type").asString("");
        String network = parameters.path("network").asString("");
        String agent = parameters.path("agent").asString("");
        try (Producer<byte[], byte[]> producer = producers.apply(topic)) {
            if (producer == null) {
                throw new IllegalArgumentException("there is no Kafka; expected skein.kafka.bootstrap-servers");
            }
            Pace pace = new Pace(speed);
            long sent = 0;
            long read = from;
            while (read < to) {
                List<LogRow> rows = log.after(read, (int) Math.min(PAGE, to - read));
                List<Future<RecordMetadata>> pending = new ArrayList<>();
                for (LogRow row : rows) {
                    read = row.position();
                    if (matches(row, type, network, agent)) {
                        if (!pace.await(row.recordedAt(), () -> progress.reached(row.position() - 1, to))) {
                            throw new IllegalStateException("the replay was stopped at position " + read);
                        }
                        pending.add(producer.send(record(topic, row)));
                        sent++;
                    }
                }
                acknowledge(pending);
                if (rows.isEmpty() || !progress.reached(read, to)) {
                    throw new IllegalStateException("the replay was stopped at position " + read);
                }
            }
            return Map.of("topic", topic, "from", from, "to", to, "events", sent);
        }
    }

    private static boolean matches(LogRow row, String type, String network, String agent) {
        return (type.isEmpty() || type.equals(row.payloadType()))
                && (network.isEmpty() || row.aggregateId().startsWith(network + "/"))
                && (agent.isEmpty() || row.aggregateId().endsWith("/" + agent));
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, LogRow row) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, row.aggregateId().getBytes(StandardCharsets.UTF_8), row.payload());
        record.headers().add(header("position", Long.toString(row.position())));
        record.headers().add(header("type", row.payloadType()));
        record.headers().add(header("revision", row.revision() == null ? "" : row.revision()));
        record.headers().add(header("recordedAt", row.recordedAt().toString()));
        return record;
    }

    private static RecordHeader header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static void acknowledge(List<Future<RecordMetadata>> pending) throws InterruptedException {
        for (Future<RecordMetadata> one : pending) {
            try {
                one.get(ACKNOWLEDGED_WITHIN_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException failure) {
                throw new IllegalStateException("the broker did not take a record: " + failure, failure);
            }
        }
    }

    /** Waits between two events as long as lay between them, divided by the speed. */
    private static final class Pace {
        private final double speed;
        private @Nullable Instant first;
        private long firstNanos;

        Pace(double speed) {
            this.speed = speed;
        }

        boolean await(Instant at, java.util.function.BooleanSupplier goesOn) throws InterruptedException {
            if (speed == 0) {
                return true;
            }
            Instant begun = first;
            if (begun == null) {
                first = at;
                firstNanos = System.nanoTime();
                return true;
            }
            long due = firstNanos + (long) (Duration.between(begun, at).toNanos() / speed);
            while (due - System.nanoTime() > 0) {
                Thread.sleep(Math.clamp((due - System.nanoTime()) / 1_000_000, 0, LONGEST_PAUSE_MILLIS));
                if (!goesOn.getAsBoolean()) {
                    return false;
                }
            }
            return true;
        }
    }
}
