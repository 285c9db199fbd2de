package io.skein.command.kafka;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
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
 * @param partitions of every topic
 * @param replication copies of every partition; as many brokers must be up
 * @param retention of every topic but the mirror
 * @param eventsRetention of the mirror {@code agent-events}; 0: unlimited
 * @param consumerGroup of the door {@code agent-messages-raw}
 * @param maxPollRecords messages the door takes at once
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
        @DefaultValue("7d") @NotNull Duration retention,
        @DefaultValue("0s") @NotNull Duration eventsRetention,
        @DefaultValue("skein-command") @NotBlank String consumerGroup,
        @DefaultValue("1000") @Min(1) @Max(10_000) int maxPollRecords) {
    /** Largest record of any topic, in bytes; the largest message and its dress fit. */
    public static final int MAX_RECORD_BYTES = 4 << 20;

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
        producer.put("max.block.ms", 10_000);
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
