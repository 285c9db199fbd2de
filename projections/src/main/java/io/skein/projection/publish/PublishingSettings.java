package io.skein.projection.publish;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which Kafka the deltas go to: {@code skein.kafka.*}. Nothing is published where no bootstrap servers are named.
 *
 * @param securityProtocol as Kafka's own {@code security.protocol}
 * @param saslMechanism {@code PLAIN} or a {@code SCRAM} one; only with a {@code SASL} protocol
 * @param apiKey user of SASL
 * @param apiSecret password of SASL
 * @param trustStoreLocation where the broker's certificate is not signed by a known authority
 */
@ConfigurationProperties(prefix = "skein.kafka")
public record PublishingSettings(
        @DefaultValue("") String bootstrapServers,
        @DefaultValue("PLAINTEXT") String securityProtocol,
        @Nullable String saslMechanism,
        @Nullable String apiKey,
        @Nullable String apiSecret,
        @Nullable String trustStoreLocation,
        @Nullable String trustStorePassword) {

    public boolean isEnabled() {
        return !bootstrapServers.isBlank();
    }

    @Override
    public String toString() {
        return "PublishingSettings[bootstrapServers=" + bootstrapServers + ", securityProtocol=" + securityProtocol
                + "]";
    }

    Map<String, Object> producer() {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "security.protocol",
                securityProtocol,
                "acks",
                "all",
                "enable.idempotence",
                true,
                "delivery.timeout.ms",
                30_000,
                "request.timeout.ms",
                10_000,
                "max.block.ms",
                10_000,
                "linger.ms",
                5,
                "compression.type",
                "lz4"));
        settings.put("max.request.size", 4 << 20);
        settings.put("client.id", "skein-projections");
        if (securityProtocol.startsWith("SASL")) {
            String mechanism = saslMechanism == null ? "PLAIN" : saslMechanism;
            settings.put("sasl.mechanism", mechanism);
            String module = mechanism.startsWith("SCRAM")
                    ? "org.apache.kafka.common.security.scram.ScramLoginModule"
                    : "org.apache.kafka.common.security.plain.PlainLoginModule";
            settings.put(
                    "sasl.jaas.config",
                    module + " required username=\"" + quoted(apiKey) + "\" password=\"" + quoted(apiSecret) + "\";");
        }
        if (trustStoreLocation != null) {
            settings.put("ssl.truststore.location", trustStoreLocation);
            if (trustStorePassword != null) {
                settings.put("ssl.truststore.password", trustStorePassword);
            }
        }
        return settings;
    }

    private static String quoted(@Nullable String value) {
        return value == null ? "" : value.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
