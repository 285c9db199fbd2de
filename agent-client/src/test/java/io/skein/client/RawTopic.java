package io.skein.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A topic as the receiver sees it. */
final class RawTopic {
    record Record(int partition, long offset, String key, String value) {
        String messageId() {
            Map<?, ?> message = (Map<?, ?>) Objects.requireNonNull(Json.parse(value));
            return String.valueOf(message.get("messageId"));
        }
    }

    private RawTopic() {}

    static Map<String, Object> plain(String user, String password) {
        return Map.of(
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
                        .formatted(user, password));
    }

    static void create(String servers, String topic, int partitions, Map<String, String> settings) {
        create(servers, topic, partitions, settings, Map.of());
    }

    static void create(
            String servers, String topic, int partitions, Map<String, String> settings, Map<String, Object> security) {
        try (Admin admin = admin(servers, security)) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(settings)))
                    .all()
                    .get();
        } catch (ExecutionException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    static void allowWriting(String servers, String topic, String user, Map<String, Object> security) {
        try (Admin admin = admin(servers, security)) {
            admin.createAcls(List.of(new AclBinding(
                            new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                            new AccessControlEntry("User:" + user, "*", AclOperation.WRITE, AclPermissionType.ALLOW))))
                    .all()
                    .get();
        } catch (ExecutionException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    /** All records, partition by partition, each in the order of its offsets. */
    static List<Record> read(String servers, String topic) {
        return read(servers, topic, Map.of());
    }

    static List<Record> read(String servers, String topic, Map<String, Object> security) {
        Map<String, Object> settings = new HashMap<>(security);
        settings.put("bootstrap.servers", servers);
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<Record> records = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> records.add(
                                new Record(record.partition(), record.offset(), record.key(), record.value())));
            }
            return records;
        }
    }

    static List<String> ids(String servers, String topic) {
        return ids(servers, topic, Map.of());
    }

    static List<String> ids(String servers, String topic, Map<String, Object> security) {
        return List.copyOf(new LinkedHashSet<>(
                read(servers, topic, security).stream().map(Record::messageId).toList()));
    }

    /** Messages {@code agent<i % agents>-<i>}: all there, and each agent's first arrivals, which are what is recorded, in order. */
    static void assertCompleteAndInOrder(List<Record> records, int agents, int messages) {
        Set<Integer> seen = new TreeSet<>();
        for (int agent = 0; agent < agents; agent++) {
            String id = "agent" + agent;
            Set<Integer> firsts = new LinkedHashSet<>();
            records.stream()
                    .filter(record -> record.key().equals(id))
                    .forEach(record ->
                            firsts.add(Integer.parseInt(record.messageId().substring(id.length() + 1))));
            assertThat(List.copyOf(firsts)).as(id).isSorted();
            assertThat(seen.addAll(firsts) || firsts.isEmpty()).isTrue();
        }
        assertThat(seen).hasSize(messages);
    }

    private static Admin admin(String servers, Map<String, Object> security) {
        Map<String, Object> settings = new HashMap<>(security);
        settings.put("bootstrap.servers", servers);
        return Admin.create(settings);
    }
}
