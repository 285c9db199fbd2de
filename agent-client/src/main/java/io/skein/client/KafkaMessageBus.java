package io.skein.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sends through the topic {@code agent-messages-raw}: key is the agent's id, so that its messages share a partition and keep their order;
 * value is the message as JSON. Needs {@code kafka-clients} on the class path.
 */
public final class KafkaMessageBus extends BufferedBus {
    public static final String DEFAULT_TOPIC = "agent-messages-raw";

    private final KafkaCourier courier;

    private KafkaMessageBus(Builder builder, KafkaCourier courier) {
        super(builder, courier);
        this.courier = courier;
    }

    /** @param bootstrapServers {@code host:port}, several separated by commas */
    public static Builder to(String bootstrapServers, BufferSettings buffer) {
        return new Builder(bootstrapServers, buffer);
    }

    /**
     * Asks the broker whether everything is in place: address, key, topic, right to write.
     *
     * @throws BusException that names what is not, and what to do
     */
    public void check() {
        courier.check();
    }

    /** How the connection is secured. */
    public enum Security {
        PLAINTEXT,
        SSL,
        SASL_PLAINTEXT,
        SASL_SSL;

        boolean hasSasl() {
            return this == SASL_PLAINTEXT || this == SASL_SSL;
        }
    }

    /** How key and secret are shown to the broker. */
    public enum SaslMechanism {
        PLAIN("PLAIN", "org.apache.kafka.common.security.plain.PlainLoginModule"),
        SCRAM_SHA_256("SCRAM-SHA-256", "org.apache.kafka.common.security.scram.ScramLoginModule"),
        SCRAM_SHA_512("SCRAM-SHA-512", "org.apache.kafka.common.security.scram.ScramLoginModule");

        final String word;
        final String loginModule;

        SaslMechanism(String word, String loginModule) {
            this.word = word;
            this.loginModule = loginModule;
        }
    }

    /** Not safe for several threads. */
    public static final class Builder extends BusBuilder<Builder> {
        final String bootstrapServers;
        final Map<String, String> properties = new LinkedHashMap<>();
        String topic = DEFAULT_TOPIC;
        Security security = Security.PLAINTEXT;
        SaslMechanism mechanism = SaslMechanism.PLAIN;

        @Nullable
        String apiKey;

        @Nullable
        String apiSecret;

        @Nullable
        Path trustStore;

        @Nullable
        String trustStorePassword;

        Duration requestTimeout = Duration.ofSeconds(10);

        private Builder(String bootstrapServers, BufferSettings buffer) {
            super(buffer);
            this.bootstrapServers = bootstrapServers;
        }

        /** As Confluent Cloud wants it: {@code SASL_SSL} and {@code PLAIN}, unless set otherwise afterwards. */
        public Builder apiKey(String key, String secret) {
            apiKey = key;
            apiSecret = secret;
            security = Security.SASL_SSL;
            return this;
        }

        public Builder security(Security protocol) {
            security = protocol;
            return this;
        }

        public Builder saslMechanism(SaslMechanism choice) {
            mechanism = choice;
            return this;
        }

        /** Certificates to trust instead of those of the Java installation; PEM, PKCS12 or JKS by the file's ending. */
        public Builder trustStore(Path file, @Nullable String password) {
            trustStore = file;
            trustStorePassword = password;
            return this;
        }

        public Builder topic(String name) {
            topic = name;
            return this;
        }

        /** How long one request may take; a message is tried by Kafka's own means for twice as long before the bus takes over. */
        public Builder requestTimeout(Duration timeout) {
            if (timeout.toMillis() < 100) {
                throw new IllegalArgumentException(
                        "Kafka: requestTimeout is " + timeout + "; expected at least 100 ms");
            }
            requestTimeout = timeout;
            return this;
        }

        /** Any setting of Kafka's producer; those that keep the promises of the bus (acks, order, idempotence) are not to be had. */
        public Builder kafkaProperty(String name, String value) {
            if (KafkaCourier.KEPT_PROMISES.contains(name)) {
                throw new IllegalArgumentException("Kafka: property " + name + " was to be " + value
                        + "; expected to be left alone, as order and safety rest on it");
            }
            properties.put(name, value);
            return this;
        }

        /**
         * Opens the buffer and starts delivering what it holds. Does not need Kafka to be there.
         *
         * @throws BusException if the buffer cannot be used or a setting is wrong in itself
         */
        public KafkaMessageBus open() {
            KafkaMessageBus bus = new KafkaMessageBus(this, new KafkaCourier(this));
            bus.start();
            return bus;
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
