package io.skein.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** A real Kafka broker (KRaft, broker and controller in one) inside the process. Its data stays in the folder. */
public final class EmbeddedKafkaServer implements AutoCloseable {
    private static final int NODE = 1;

    private final KafkaRaftServer server;
    private final int port;

    private EmbeddedKafkaServer(KafkaRaftServer server, int port) {
        this.server = server;
        this.port = port;
    }

    /**
     * Starts on the folder, formatting it if it is new; returns when the broker takes requests.
     *
     * @param port 0 for any free one
     */
    public static EmbeddedKafkaServer start(Path folder, int port) {
        return start(folder, port, Map.of());
    }

    /** As {@link #start(Path, int)}, with broker settings of its own. */
    public static EmbeddedKafkaServer start(Path folder, int port, Map<String, String> settings) {
        try {
            Files.createDirectories(folder);
            int brokerPort = port == 0 ? freePort() : port;
            int controllerPort = freePort();
            Properties properties = new Properties();
            properties.putAll(Map.of(
                    "process.roles",
                    "broker,controller",
                    "node.id",
                    Integer.toString(NODE),
                    "controller.quorum.voters",
                    NODE + "@127.0.0.1:" + controllerPort,
                    "controller.listener.names",
                    "CONTROLLER",
                    "listeners",
                    "BROKER://127.0.0.1:" + brokerPort + ",CONTROLLER://127.0.0.1:" + controllerPort,
                    "advertised.listeners",
                    "BROKER://127.0.0.1:" + brokerPort,
                    "listener.security.protocol.map",
                    "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
                    "inter.broker.listener.name",
                    "BROKER",
                    "log.dirs",
                    folder.toAbsolutePath().toString()));
            properties.putAll(Map.of(
                    "auto.create.topics.enable", "false",
                    "offsets.topic.replication.factor", "1",
                    "offsets.topic.num.partitions", "4",
                    "transaction.state.log.replication.factor", "1",
                    "transaction.state.log.min.isr", "1",
                    "transaction.state.log.num.partitions", "4",
                    "group.initial.rebalance.delay.ms", "0",
                    "controlled.shutdown.enable", "false"));
            properties.putAll(Map.of(
                    "message.max.bytes",
                    "4194304",
                    "replica.fetch.max.bytes",
                    "4194304",
                    "log.cleaner.dedupe.buffer.size",
                    "4194304"));
            properties.putAll(settings);
            format(folder);
            KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(properties), Time.SYSTEM);
            server.startup();
            return new EmbeddedKafkaServer(server, brokerPort);
        } catch (IOException failure) {
            throw new UncheckedIOException("Kafka did not start on " + folder, failure);
        }
    }

    /** Where clients connect: {@code 127.0.0.1:port}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** Stops the broker and waits until its files are closed. */
    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static void format(Path folder) throws IOException {
        if (Files.exists(folder.resolve("meta.properties"))) {
            return;
        }
        Formatter formatter = new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(NODE)
                .setClusterId(Uuid.randomUuid().toString())
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setControllerListenerName("CONTROLLER")
                .addDirectory(folder.toAbsolutePath().toString())
                .setMetadataLogDirectory(folder.toAbsolutePath().toString())
                .setIgnoreFormatted(true);
        try {
            formatter.run();
        } catch (IOException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new IOException("the log folder could not be formatted", failure);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
