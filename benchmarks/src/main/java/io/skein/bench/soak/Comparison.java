package io.skein.bench.soak;

import io.skein.eventlog.KernelJson;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import tools.jackson.databind.JsonNode;

/** Compares what was acknowledged with the log, and the log with its mirror. A difference is a sentence; there are none where nothing is lost. */
public final class Comparison {
    private static final int MOST = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String network;
    private final List<String> differences = new ArrayList<>();
    private final Map<String, Long> figures = new LinkedHashMap<>();
    /** 128 bits of the payload's SHA-256, two for each position. */
    private long[] digests = new long[1 << 12];

    private final BitSet messages = new BitSet();
    private final Map<Integer, String> messageIds = new HashMap<>();
    private final boolean keepIds;
    private int head;

    /** @param network of which messages are compared; events of others only have to be in the mirror */
    public Comparison(String network) {
        this(network, true);
    }

    Comparison(String network, boolean keepIds) {
        this.network = network;
        this.keepIds = keepIds;
    }

    /** What was found, in the order it was looked at; at most twenty. */
    public List<String> differences() {
        return List.copyOf(differences);
    }

    public Map<String, Long> figures() {
        return figures;
    }

    private void differ(String sentence) {
        if (differences.size() < MOST) {
            differences.add(sentence);
        }
    }

    /** The log has exactly what was acknowledged, each agent's messages in their order, none twice, at positions without gaps. */
    public Comparison log(DataSource owner, Map<String, Long> acknowledged) throws SQLException {
        Map<String, Long> next = new HashMap<>();
        long count = 0;
        try (Connection connection = owner.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.setFetchSize(2_000);
            try (ResultSet rows = statement.executeQuery(
                    "select position, n.name, payload from event_log join log_name n on n.id = payload_type order by position")) {
                while (rows.next()) {
                    head++;
                    if (rows.getLong(1) != head) {
                        differ("log: position " + rows.getLong(1) + " found; expected " + head + ", without a gap");
                        head = Math.toIntExact(rows.getLong(1));
                    }
                    byte[] payload = rows.getBytes(3);
                    keep(head, payload);
                    if (rows.getString(2).equals("MessageRecorded")
                            || rows.getString(2).equals("MessageBlocked")) {
                        count += message(head, payload, next);
                    }
                }
            }
        }
        acknowledged.forEach((agent, expected) -> {
            long found = next.getOrDefault(agent, 0L);
            if (found != expected) {
                differ("agent " + agent + ": the log has " + found + " messages; expected the " + expected
                        + " that were acknowledged");
            }
        });
        next.keySet().removeAll(acknowledged.keySet());
        next.forEach((agent, found) -> differ(
                "agent " + agent + ": the log has " + found + " messages; expected none, none was acknowledged"));
        figures.put("events", (long) head);
        figures.put("messages", count);
        return this;
    }

    private void keep(int position, byte[] payload) {
        if (digests.length < 2 * (position + 1)) {
            digests = Arrays.copyOf(digests, Math.max(2 * (position + 1), digests.length * 2));
        }
        ByteBuffer digest = digest(payload);
        digests[2 * position] = digest.getLong();
        digests[2 * position + 1] = digest.getLong();
    }

    private int message(int position, byte[] payload, Map<String, Long> next) {
        messages.set(position);
        JsonNode message = KernelJson.mapper().readTree(payload).path("message");
        String messageId = message.path("messageId").asString("");
        if (keepIds) {
            messageIds.put(position, messageId);
        }
        if (!message.path("networkId").asString("").equals(network)) {
            return 0;
        }
        String agent = message.path("agentId").asString("");
        long expected = next.getOrDefault(agent, 0L);
        if (!messageId.equals(Acknowledged.messageId(agent, expected))) {
            differ("agent " + agent + ": message " + messageId + " at position " + position + "; expected "
                    + Acknowledged.messageId(agent, expected) + " there");
        }
        next.put(agent, expected + 1);
        return 1;
    }

    /** The mirror has every event of the log, byte for byte; each partition says them first in the order of the log. */
    public Comparison mirror(String bootstrapServers) {
        BitSet seen = new BitSet();
        long again = read(bootstrapServers, "agent-events", seen, (position, value) -> {
            ByteBuffer digest = digest(value);
            if (digest.getLong() != digests[2 * position] || digest.getLong() != digests[2 * position + 1]) {
                differ("mirror: the bytes of position " + position + " are others than the log's");
            }
        });
        int missing = seen.nextClearBit(1);
        if (missing <= head) {
            differ("mirror: position " + missing + " is missing; expected all up to " + head);
        }
        figures.put("mirrored", (long) seen.cardinality());
        figures.put("mirroredAgain", again);
        return this;
    }

    /** Each message has exactly one decision; where one is said again, it says the same. */
    public Comparison decisions(String bootstrapServers) {
        BitSet seen = new BitSet();
        Map<Integer, ByteBuffer> said = new HashMap<>();
        long again = read(bootstrapServers, "agent-decisions-processed", seen, (position, value) -> {
            if (!messages.get(position)) {
                differ("decisions: one for position " + position + ", where the log has no message");
                return;
            }
            if (keepIds) {
                JsonNode decision = KernelJson.mapper().readTree(value);
                if (!decision.path("messageId").asString("").equals(messageIds.get(position))
                        || decision.path("position").asLong() != position
                        || !decision.path("verdict").isString()) {
                    differ("decisions: position " + position + " is decided as " + decision + "; expected message "
                            + messageIds.get(position) + " and a verdict");
                }
                ByteBuffer before = said.putIfAbsent(position, digest(value));
                if (before != null && !before.equals(digest(value))) {
                    differ("decisions: position " + position + " has two that differ; expected one");
                }
            }
        });
        BitSet missing = (BitSet) messages.clone();
        missing.andNot(seen);
        if (!missing.isEmpty()) {
            differ("decisions: the message at position " + missing.nextSetBit(0) + " has none; " + missing.cardinality()
                    + " are missing");
        }
        figures.put("decisions", (long) seen.cardinality());
        figures.put("decisionsAgain", again);
        return this;
    }

    private interface Stamped {
        void record(int position, byte[] value);
    }

    /** @return how many records were said again */
    private long read(String bootstrapServers, String topic, BitSet seen, Stamped stamped) {
        long again = 0;
        Map<Integer, Integer> newest = new HashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "max.poll.records",
                        "5000",
                        "isolation.level",
                        "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic, PATIENCE).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    deadline = System.nanoTime() + PATIENCE.toNanos();
                    again += one(topic, record, newest, seen, stamped);
                }
                if (System.nanoTime() > deadline) {
                    differ(topic + ": its end could not be read within " + PATIENCE);
                    break;
                }
            }
        }
        return again;
    }

    private int one(
            String topic,
            ConsumerRecord<byte[], byte[]> record,
            Map<Integer, Integer> newest,
            BitSet seen,
            Stamped stamped) {
        Header header = record.headers().lastHeader("skein-position");
        if (header == null) {
            differ(topic + ": record " + record.partition() + "/" + record.offset() + " says no position");
            return 0;
        }
        int position = Integer.parseInt(new String(header.value(), StandardCharsets.US_ASCII));
        if (position < 1 || position > head) {
            differ(topic + ": position " + position + " is said; the log ends at " + head);
            return 0;
        }
        stamped.record(position, record.value());
        if (seen.get(position)) {
            return 1;
        }
        seen.set(position);
        int before = newest.getOrDefault(record.partition(), 0);
        if (position < before) {
            differ(topic + ": partition " + record.partition() + " says position " + position + " first after "
                    + before);
        }
        newest.put(record.partition(), Math.max(before, position));
        return 0;
    }

    private static ByteBuffer digest(byte[] bytes) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 16)
                    .slice();
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
