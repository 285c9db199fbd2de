package io.skein.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedServersTest {
    @Test
    void what_postgres_committed_is_there_after_a_stop_and_a_start(@TempDir Path folder) throws Exception {
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(folder, 0);
                Connection connection = server.owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table t (i int)");
            statement.execute("insert into t values (42)");
            assertThat(setting(statement, "fsync")).isEqualTo("on");
            assertThat(setting(statement, "synchronous_commit")).isEqualTo("on");
            assertThat(setting(statement, "listen_addresses")).isEqualTo("127.0.0.1");
        }
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(folder, 0);
                Connection connection = server.owner().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select i from t")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(42);
        }
    }

    @Test
    void a_server_left_over_by_a_killed_process_is_stopped_and_its_data_kept(@TempDir Path folder) throws Exception {
        Process killed = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LeavesAServerBehind.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(killed.inputReader().readLine()).isEqualTo("committed");
        killed.destroyForcibly().waitFor();
        assertThat(folder.resolve("postmaster.pid")).exists();
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(folder, 0);
                Connection connection = server.owner().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select i from t")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(7);
        }
    }

    @Test
    void what_kafka_acknowledged_is_there_after_a_stop_and_a_start(@TempDir Path folder) throws Exception {
        try (EmbeddedKafkaServer server = EmbeddedKafkaServer.start(folder, 0);
                Admin admin = Admin.create(Map.of("bootstrap.servers", server.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("t", 1, (short) 1))).all().get();
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", server.bootstrapServers(), "acks", "all"),
                    new StringSerializer(),
                    new StringSerializer())) {
                producer.send(new ProducerRecord<>("t", "k", "v")).get();
            }
        }
        try (EmbeddedKafkaServer server = EmbeddedKafkaServer.start(folder, 0);
                KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", server.bootstrapServers(), "auto.offset.reset", "earliest"),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition("t", 0)));
            consumer.seekToBeginning(consumer.assignment());
            assertThat(consumer.poll(Duration.ofSeconds(20)))
                    .singleElement()
                    .satisfies(record -> assertThat(record.value()).isEqualTo("v"));
        }
    }

    private static String setting(Statement statement, String name) throws Exception {
        try (ResultSet rows = statement.executeQuery("show " + name)) {
            rows.next();
            return rows.getString(1);
        }
    }

    /** Commits and then waits to be killed. */
    static final class LeavesAServerBehind {
        private LeavesAServerBehind() {}

        public static void main(String[] folder) throws Exception {
            EmbeddedPostgresServer server = EmbeddedPostgresServer.start(Path.of(folder[0]), 0);
            try (Connection connection = server.owner().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("create table t as select 7 as i");
            }
            System.out.println("committed");
            Thread.sleep(Duration.ofMinutes(1));
        }
    }
}
