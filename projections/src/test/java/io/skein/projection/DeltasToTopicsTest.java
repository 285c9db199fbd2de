package io.skein.projection;

import static io.skein.projection.LogFixture.START;
import static io.skein.projection.LogFixture.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.skein.embedded.EmbeddedKafkaServer;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.message.MessageType;
import io.skein.projection.publish.Publishing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DeltasToTopicsTest {
    @TempDir
    Path folder;

    private final LogFixture log = new LogFixture();

    @Test
    void deltas_reach_their_topics_after_a_broker_that_was_away_came_back() throws Exception {
        int port = freePort();
        log.append(List.of(said("1", "a", "b"), said("2", "b", "c")));
        try (RunningProjections running = new RunningProjections(log, 10, 100);
                Publishing publishing = running.publishing("127.0.0.1:" + port)) {
            running.caughtUp();
            RunningProjections.await(
                    "the outage is told", () -> publishing.errors().size() == 2);
            try (EmbeddedKafkaServer kafka = EmbeddedKafkaServer.start(folder, port);
                    Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
                admin.createTopics(List.of(
                                new NewTopic("causal-graph-updates", 1, (short) 1),
                                new NewTopic("analytics-metrics", 1, (short) 1)))
                        .all()
                        .get();
                published(log.head());
                log.append(List.of(said("3", "a", "b")));
                published(log.head());
                assertThat(publishing.errors()).isEmpty();

                List<JsonNode> graph = read(kafka, "causal-graph-updates");
                assertThat(graph.getFirst().get("from").asLong()).isZero();
                for (int i = 1; i < graph.size(); i++) {
                    assertThat(graph.get(i).get("from").asLong())
                            .isEqualTo(graph.get(i - 1).get("to").asLong());
                }
                JsonNode last = graph.getLast();
                assertThat(last.get("to").asLong()).isEqualTo(3);
                assertThat(last.get("networkId").asString()).isEqualTo("default");
                assertThat(last.at("/changes/messageCount").asLong()).isEqualTo(3);
                assertThat(last.at("/changes/edges/0/source").asString()).isEqualTo("a");
                assertThat(last.at("/changes/edges/0/relationship").asString()).isEqualTo("request");
                assertThat(last.at("/changes/edges/0/messages").asLong()).isEqualTo(2);
                JsonNode metrics = read(kafka, "analytics-metrics").getLast();
                assertThat(metrics.at("/changes/items/0/messages").asLong()).isEqualTo(3);
            }
        }
    }

    private void published(long position) {
        for (String name : List.of("publish-causal-graph", "publish-metrics")) {
            RunningProjections.await(
                    name + " at " + position,
                    () -> log.rows("select position from projection_progress where name = '" + name + "'")
                            .equals(List.of(Long.toString(position))));
        }
    }

    private static List<JsonNode> read(EmbeddedKafkaServer kafka, String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            List<JsonNode> deltas = new ArrayList<>();
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("default");
                    deltas.add(JsonMapper.shared().readTree(record.value()));
                }
            }
            return deltas;
        }
    }

    private static MessageRecorded said(String id, String from, String to) {
        return new MessageRecorded(
                message(id, "c", from, List.of(to), MessageType.REQUEST, null, "please", null, START), START);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
