package io.skein.command;

import io.skein.embedded.EmbeddedKafkaServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** One real broker for all tests of the process, with listeners of every kind of security. */
public final class SharedKafka {
    /** A user that the broker knows, by PLAIN and by SCRAM. */
    public static final String USER = "skein";

    public static final String SECRET = "secret-of-skein";
    private static final String PLAIN =
            "org.apache.kafka.common.security.plain.PlainLoginModule required user_%s=\"%s\";";
    private static final String SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required;";

    private static @Nullable EmbeddedKafkaServer server;
    private static @Nullable KeyStores keyStores;

    private SharedKafka() {}

    /** Without any security: who comes here may do everything. */
    public static String bootstrap() {
        return running().bootstrapServers();
    }

    /** With SASL over plain text; {@link #USER} may do what was granted. */
    public static String bootstrapSasl() {
        return running().bootstrapServers("SASL");
    }

    /** With SASL over TLS, with a certificate that only {@link #trustStore} knows. */
    public static String bootstrapTls() {
        return running().bootstrapServers("TLS");
    }

    public static Path trustStore() {
        running();
        return java.util.Objects.requireNonNull(keyStores).trust();
    }

    public static String trustStorePassword() {
        return KeyStores.PASSWORD;
    }

    private static synchronized EmbeddedKafkaServer running() {
        EmbeddedKafkaServer running = server;
        if (running == null) {
            KeyStores stores = KeyStores.in(folder("skein-keys-"));
            running = EmbeddedKafkaServer.start(
                    folder("skein-kafka-"), 0, secured(stores), Map.of("SASL", "SASL_PLAINTEXT", "TLS", "SASL_SSL"));
            keyStores = stores;
            server = running;
            Runtime.getRuntime().addShutdownHook(new Thread(running::close));
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", running.bootstrapServers()))) {
                admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                                USER, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), SECRET)))
                        .all()
                        .get();
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
        }
        return running;
    }

    private static Map<String, String> secured(KeyStores stores) {
        Map<String, String> settings = new HashMap<>();
        settings.put("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-256");
        for (String listener : List.of("sasl", "tls")) {
            settings.put("listener.name." + listener + ".plain.sasl.jaas.config", PLAIN.formatted(USER, SECRET));
            settings.put("listener.name." + listener + ".scram-sha-256.sasl.jaas.config", SCRAM);
        }
        settings.put("listener.name.tls.ssl.keystore.type", "PKCS12");
        settings.put("listener.name.tls.ssl.keystore.location", stores.keys().toString());
        settings.put("listener.name.tls.ssl.keystore.password", KeyStores.PASSWORD);
        settings.put("listener.name.tls.ssl.key.password", KeyStores.PASSWORD);
        settings.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        settings.put("super.users", "User:ANONYMOUS");
        return settings;
    }

    public static Path folder(String name) {
        try {
            return Files.createTempDirectory(name);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public static Map<String, Object> settings() {
        return Map.of(
                "skein.kafka.bootstrap-servers", bootstrap(), "skein.kafka.consumer-group", "g-" + UUID.randomUUID());
    }

    public static KafkaProducer<byte[], byte[]> producer(String bootstrap) {
        // With several in flight, the first to a topic that is just being made may be refused and the second taken: out
        // of order for good.
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "max.request.size",
                        4 << 20,
                        "acks",
                        "all",
                        "max.in.flight.requests.per.connection",
                        1),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    public static ProducerRecord<byte[], byte[]> record(String topic, String key, byte @Nullable [] value) {
        return new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value);
    }

    /** Everything on the topic now, partition by partition. */
    public static List<ConsumerRecord<byte[], byte[]>> all(String bootstrap, String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "max.poll.records", 5_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }

    /** Removes the topics, so that the next side makes them anew. */
    public static void removeTopics() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap()))) {
            eventually(Duration.ofSeconds(20), () -> {
                try {
                    var names = admin.listTopics().names().get();
                    if (!names.isEmpty()) {
                        admin.deleteTopics(names).all().get();
                    }
                    return names.isEmpty();
                } catch (Exception goneAlready) {
                    return false;
                }
            });
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    public static void eventually(Duration patience, BooleanSupplier condition) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("did not become true within " + patience);
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new AssertionError(interrupted);
            }
        }
    }
}
