package io.skein.command.kafka;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How Kafka is reached, and how its topics must be: {@code skein.kafka.*}. Without bootstrap servers everything of Kafka is off.
 *
 * @param securityProtocol as Kafka's own {@code security.protocol}
 * @param saslMechanism {@code PLAIN} or a {@code SCRAM} one; only with a {@code SASL} protocol
 * @param apiKey user of SASL
 * @param apiSecret password of SASL
 * @param trustStoreLocation where the broker's certificate is not signed by a known authority
 * @param partitions of every topic that is not in {@code topicPartitions}
 * @param replication copies of every partition; as many brokers must be up; of every topic that is not in {@code topicReplication}
 * @param minInSyncReplicas copies that must have a record before it counts as written; not given: the broker's default, and not checked
 * @param retention of every topic but the mirror that is not in {@code topicRetention}
 * @param eventsRetention of the mirror {@code agent-events}; 0: unlimited
 * @param topicPartitions by topic
 * @param topicReplication by topic
 * @param topicRetention by topic; 0: unlimited
 * @param consumerGroup of the door {@code agent-messages-raw}
 * @param maxPollRecords messages the door takes at once
 * @param checkInterval how often the cluster and its topics are looked at
 * @param answerTimeout longest wait for an answer about the cluster
 * @param acknowledgementTimeout a record that is not acknowledged for so long is a failure; it is sent again
 * @param breakerFailures failures in a row that open a breaker
 * @param breakerPause how long an open breaker lets nothing through
 * @param firstBackoff wait after the first failure; doubles from there, by chance up to half more or less
 * @param maxBackoff longest wait
 */
@Validated
@ConfigurationProperties("skein.kafka")
public record KafkaSettings(
        @DefaultValue("") String bootstrapServers,
        @DefaultValue("PLAINTEXT") @NotBlank String securityProtocol,
        @Nullable String saslMechanism,
        @Nullable String apiKey,
        @Nullable String apiSecret,
        @Nullable String trustStoreLocation,
        @Nullable String trustStorePassword,
        @DefaultValue("4") @Min(1) @Max(10_000) int partitions,
        @DefaultValue("1") @Min(1) @Max(100) short replication,
        @Nullable @Min(1) Integer minInSyncReplicas,
        @DefaultValue("7d") @NotNull Duration retention,
        @DefaultValue("0s") @NotNull Duration eventsRetention,
        @DefaultValue Map<String, Integer> topicPartitions,
        @DefaultValue Map<String, Short> topicReplication,
        @DefaultValue Map<String, Duration> topicRetention,
        @DefaultValue("skein-command") @NotBlank String consumerGroup,
        @DefaultValue("1000") @Min(1) @Max(10_000) int maxPollRecords,
        @DefaultValue("30s") @NotNull Duration checkInterval,
        @DefaultValue("10s") @NotNull Duration answerTimeout,
        @DefaultValue("30s") @NotNull Duration acknowledgementTimeout,
        @DefaultValue("5") @Min(1) @Max(1_000) int breakerFailures,
        @DefaultValue("15s") @NotNull Duration breakerPause,
        @DefaultValue("200ms") @NotNull Duration firstBackoff,
        @DefaultValue("10s") @NotNull Duration maxBackoff) {
    /** Largest record of any topic, in bytes; the largest message and its dress fit. */
    public static final int MAX_RECORD_BYTES = 4 << 20;

    @AssertTrue(
            message =
                    "expected topic-partitions, topic-replication and topic-retention only for topics that there are, 1 or more, and 0s or more")
    boolean isOfKnownTopics() {
        return Topics.ALL.containsAll(topicPartitions.keySet())
                && Topics.ALL.containsAll(topicReplication.keySet())
                && Topics.ALL.containsAll(topicRetention.keySet())
                && topicPartitions.values().stream().allMatch(partitions -> partitions >= 1)
                && topicReplication.values().stream().allMatch(replicas -> replicas >= 1)
                && topicRetention.values().stream().noneMatch(Duration::isNegative);
    }

    @AssertTrue(
            message =
                    "expected check-interval, answer-timeout, acknowledgement-timeout, breaker-pause and first-backoff of at least 1ms, max-backoff not shorter than first-backoff")
    boolean isInOrder() {
        return Stream.of(checkInterval, answerTimeout, acknowledgementTimeout, breakerPause, firstBackoff)
                        .allMatch(duration -> duration.toMillis() >= 1)
                && maxBackoff.compareTo(firstBackoff) >= 0;
    }

    @AssertTrue(
            message =
                    "expected api-key and api-secret with a SASL security-protocol, which is one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL")
    boolean isSecured() {
        return switch (securityProtocol) {
            case "PLAINTEXT", "SSL" -> true;
            case "SASL_PLAINTEXT", "SASL_SSL" -> apiKey != null && apiSecret != null;
            default -> false;
        };
    }

    int partitions(String topic) {
        return topicPartitions.getOrDefault(topic, partitions);
    }

    short replication(String topic) {
        return topicReplication.getOrDefault(topic, replication);
    }

    /** As Kafka's {@code retention.ms}. */
    String retentionMillis(String topic) {
        Duration own = topicRetention.getOrDefault(topic, topic.equals(Topics.EVENTS) ? eventsRetention : retention);
        return own.isZero() ? "-1" : Long.toString(own.toMillis());
    }

    public boolean isEnabled() {
        return !bootstrapServers.isBlank();
    }

    /** What every client needs. */
    public Map<String, Object> client(String clientId) {
        Map<String, Object> client = new HashMap<>();
        client.put("bootstrap.servers", bootstrapServers);
        client.put("client.id", clientId);
        client.put("security.protocol", securityProtocol);
        client.put("reconnect.backoff.ms", 100);
        client.put("reconnect.backoff.max.ms", 2_000);
        client.put("enable.metrics.push", false);
        if (securityProtocol.startsWith("SASL")) {
            String mechanism = saslMechanism == null ? "PLAIN" : saslMechanism;
            String module = mechanism.startsWith("SCRAM")
                    ? "org.apache.kafka.common.security.scram.ScramLoginModule"
                    : "org.apache.kafka.common.security.plain.PlainLoginModule";
            client.put("sasl.mechanism", mechanism);
            client.put(
                    "sasl.jaas.config",
                    module + " required username=\"" + quoted(apiKey) + "\" password=\"" + quoted(apiSecret) + "\";");
        }
        if (trustStoreLocation != null) {
            client.put("ssl.truststore.location", trustStoreLocation);
            if (trustStoreLocation.toLowerCase(Locale.ROOT).endsWith(".pem")) {
                client.put("ssl.truststore.type", "PEM");
            }
            if (trustStorePassword != null) {
                client.put("ssl.truststore.password", trustStorePassword);
            }
        }
        return client;
    }

    /** A client that asks about the cluster; answers or fails within {@code answerTimeout}. */
    Map<String, Object> admin(String clientId) {
        Map<String, Object> admin = client(clientId);
        int millis = (int) Math.min(Integer.MAX_VALUE, answerTimeout.toMillis());
        admin.put("request.timeout.ms", millis);
        admin.put("default.api.timeout.ms", millis);
        return admin;
    }

    /**
     * A producer that tells success only when every replica in sync has the record, and tries on as long as it lives: a record is never given up while a
     * later one is sent, so the order of a partition holds through any outage.
     */
    public Map<String, Object> producer(String clientId) {
        Map<String, Object> producer = client(clientId);
        producer.put("acks", "all");
        producer.put("enable.idempotence", true);
        producer.put("delivery.timeout.ms", Integer.MAX_VALUE);
        producer.put("request.timeout.ms", 15_000);
        producer.put("max.block.ms", answerTimeout.toMillis());
        producer.put("linger.ms", 2);
        producer.put("batch.size", 128 * 1024);
        producer.put("buffer.memory", 64L << 20);
        producer.put("compression.type", "lz4");
        producer.put("max.request.size", MAX_RECORD_BYTES);
        return producer;
    }

    private static String quoted(@Nullable String value) {
        return value == null ? "" : value.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    @Override
    public String toString() {
        return "KafkaSettings[bootstrapServers=" + bootstrapServers + ", securityProtocol=" + securityProtocol + "]";
    }
}
