package io.skein.embedded;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A broker as a process of its own, so that it can be killed alone. */
public final class KafkaServerProcess {
    private KafkaServerProcess() {}

    /**
     * Starts {@link #main} and returns when the broker takes requests.
     *
     * @param port not 0: a broker that comes back must be found where it was
     */
    public static ChildJvm start(Path folder, int port, Path output) {
        ChildJvm child = ChildJvm.start(
                KafkaServerProcess.class.getName(), output, "-Xmx512m", folder.toString(), Integer.toString(port));
        child.awaitLine("broker up");
        return child;
    }

    /** @param arguments folder and port */
    public static void main(String[] arguments) throws InterruptedException {
        EmbeddedKafkaServer server = EmbeddedKafkaServer.start(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
        System.out.println("broker up at " + server.bootstrapServers());
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        new CountDownLatch(1).await();
    }
}
