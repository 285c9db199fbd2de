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
import java.util.TreeMap;
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
    private final Map<String, Integer> ports;

    private EmbeddedKafkaServer(KafkaRaftServer server, int port, Map<String, Integer> ports) {
        this.server = server;
        this.port = port;
        this.ports = ports;
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
        return start(folder, port, settings, Map.of());
    }

    /**
     * As {@link #start(Path, int)}, with broker settings of its own and with more listeners beside the plain one, on free ports.
     *
     * @param listeners security protocol by listener's name, as {@code SASL_SSL}; what they need stands in the settings under {@code listener.name.…}
     */
    public static EmbeddedKafkaServer start(
            Path folder, int port, Map<String, String> settings, Map<String, String> listeners) {
        try {
            Files.createDirectories(folder);
            int brokerPort = port == 0 ? freePort() : port;
            int controllerPort = freePort();
            Map<String, Integer> ports = new TreeMap<>();
            StringBuilder addresses = new StringBuilder("BROKER://127.0.0.1:" + brokerPort);
            StringBuilder protocols = new StringBuilder("BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT");
            for (Map.Entry<String, String> listener : new TreeMap<>(listeners).entrySet()) {
                int own = freePort();
                ports.put(listener.getKey(), own);
                addresses
                        .append(",")
                        .append(listener.getKey())
                        .append("://127.0.0.1:")
                        .append(own);
                protocols.append(",").append(listener.getKey()).append(":").append(listener.getValue());
            }
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
                    addresses + ",CONTROLLER://127.0.0.1:" + controllerPort,
                    "advertised.listeners",
                    addresses.toString(),
                    "listener.security.protocol.map",
                    protocols.toString(),
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
            return new EmbeddedKafkaServer(server, brokerPort, ports);
        } catch (IOException failure) {
            throw new UncheckedIOException("Kafka did not start on " + folder, failure);
        }
    }

    /** Where clients connect: {@code 127.0.0.1:port}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Where clients of one of the other listeners connect. */
    public String bootstrapServers(String listener) {
        Integer own = ports.get(listener);
        if (own == null) {
            throw new IllegalArgumentException(
                    "listener " + listener + " is not there; expected one of " + ports.keySet());
        }
        return "127.0.0.1:" + own;
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
