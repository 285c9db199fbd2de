package io.skein.system;

import io.skein.db.Schema;
import io.skein.embedded.ChildJvm;
import io.skein.embedded.EmbeddedKafkaServer;
import io.skein.embedded.FaultyProxy;
import io.skein.embedded.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** Command nodes as processes on one PostgreSQL and one Kafka, over networks that can be broken. */
final class CommandNodes implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Path folder;
    private final TestDatabase database = TestDatabase.fresh(Schema::migrate);
    private final int brokerPort = FaultyProxy.freePort();
    private EmbeddedKafkaServer kafka;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final List<Node> nodes = new ArrayList<>();
    final FaultyProxy toKafka;
    final FaultyProxy toPostgres;

    /** One process; its port stays the same over restarts. */
    final class Node implements AutoCloseable {
        private final int port = FaultyProxy.freePort();
        private final String[] settings;
        private final String name;
        private int starts;
        private ChildJvm process;

        Node(String name, String... settings) {
            this.name = name;
            this.settings = settings;
            this.process = launch();
        }

        private ChildJvm launch() {
            List<String> arguments = new ArrayList<>(List.of(
                    "-Xmx384m",
                    "-XX:TieredStopAtLevel=1",
                    "-Dserver.port=" + port,
                    "-Dserver.address=127.0.0.1",
                    "-Dspring.main.banner-mode=off",
                    "-Dspring.threads.virtual.enabled=true",
                    "-Dskein.command.database.url=" + throughProxy(),
                    "-Dskein.command.database.username=postgres",
                    "-Dskein.kafka.bootstrap-servers=" + bootstrap(),
                    "-Dskein.otlp.grpc-port=-1"));
            arguments.addAll(List.of(settings));
            return ChildJvm.start(
                    "io.skein.command.CommandSideApplication",
                    folder.resolve(name + "-" + ++starts + ".out"),
                    arguments.toArray(String[]::new));
        }

        URI url() {
            return URI.create("http://127.0.0.1:" + port);
        }

        void kill() {
            process.kill();
        }

        void start() {
            process = launch();
        }

        void awaitUp() throws InterruptedException {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (status("/actuator/health") == 0) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new AssertionError("node " + name + " did not come up: " + process.output());
                }
                Thread.sleep(50);
            }
        }

        /** Status of the answer; 0 where nobody answers. */
        private int status(String path) throws InterruptedException {
            try {
                return http.send(
                                HttpRequest.newBuilder(url().resolve(path))
                                        .timeout(Duration.ofSeconds(5))
                                        .build(),
                                HttpResponse.BodyHandlers.discarding())
                        .statusCode();
            } catch (IOException nobody) {
                return 0;
            }
        }

        @Override
        public void close() {
            process.close();
        }
    }

    CommandNodes() throws IOException {
        folder = Files.createTempDirectory("skein-nodes-");
        toKafka = FaultyProxy.before(brokerPort);
        kafka = broker();
        toPostgres = FaultyProxy.before(TestDatabase.sharedServer().port());
    }

    private EmbeddedKafkaServer broker() {
        return EmbeddedKafkaServer.start(
                folder.resolve("kafka"),
                brokerPort,
                Map.of("advertised.listeners", "BROKER://127.0.0.1:" + toKafka.port()));
    }

    void stopBroker() {
        kafka.close();
    }

    /** Where it was, with what it had. */
    void startBroker() {
        kafka = broker();
    }

    Node node(String name, String... settings) {
        Node node = new Node(name, settings);
        nodes.add(node);
        return node;
    }

    /** Through the network that can be broken; the broker tells its clients no other way. */
    String bootstrap() {
        return "127.0.0.1:" + toKafka.port();
    }

    String throughProxy() {
        return "jdbc:postgresql://127.0.0.1:" + toPostgres.port() + "/" + database.name();
    }

    /** The database's superuser, past the network that can be broken. */
    DataSource owner() {
        return database.owner();
    }

    long number(String sql) throws SQLException {
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    long head() throws SQLException {
        return number("select coalesce(max(position), 0) from event_log");
    }

    /** Until the log has so many messages and the mirror all of the log. */
    void awaitMirrored(long messages) throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long recorded = 0;
        long mirrored = -1;
        while (System.nanoTime() < deadline) {
            recorded = number(
                    "select count(*) from event_log join log_name n on n.id = payload_type where n.name in ('MessageRecorded', 'MessageBlocked')");
            mirrored = number("select coalesce(max((convert_from(token, 'UTF8')::json ->> 'globalIndex')::bigint), 0)"
                    + " from processor_token where processor = 'mirror'");
            if (recorded >= messages && mirrored >= head()) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError(recorded + " messages recorded, " + mirrored + " of " + head()
                + " events mirrored after " + PATIENCE + "; expected " + messages + " messages, all mirrored");
    }

    @Override
    public void close() {
        nodes.forEach(Node::close);
        toKafka.close();
        toPostgres.close();
        kafka.close();
        http.shutdownNow();
    }
}
