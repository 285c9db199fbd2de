package io.skein.command;

import io.skein.embedded.EmbeddedKafkaServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** One real broker for all tests of the process. */
public final class SharedKafka {
    private static @Nullable EmbeddedKafkaServer server;

    private SharedKafka() {}

    public static synchronized String bootstrap() {
        EmbeddedKafkaServer running = server;
        if (running == null) {
            try {
                running = EmbeddedKafkaServer.start(Files.createTempDirectory("skein-kafka-"), 0);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            server = running;
            Runtime.getRuntime().addShutdownHook(new Thread(running::close));
        }
        return running.bootstrapServers();
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
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "max.request.size", 4 << 20, "acks", "all"),
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
            var names = admin.listTopics().names().get();
            if (!names.isEmpty()) {
                admin.deleteTopics(names).all().get();
                eventually(Duration.ofSeconds(20), () -> {
                    try {
                        return admin.listTopics().names().get().isEmpty();
                    } catch (Exception failure) {
                        return false;
                    }
                });
            }
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
