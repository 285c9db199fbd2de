package io.skein.bench.soak;

import io.skein.embedded.ChildJvm;
import io.skein.eventlog.KernelJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import tools.jackson.databind.JsonNode;

/** The whole server, with its PostgreSQL, as a process that can be killed; Kafka is another. */
final class SkeinProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    private final Path folder;
    private final int port;
    private final String kafka;
    private final String heap;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private ChildJvm child;
    private int starts;

    SkeinProcess(Path folder, int port, String kafka, String heap) {
        this.folder = folder;
        this.port = port;
        this.kafka = kafka;
        this.heap = heap;
        this.child = launch();
    }

    private ChildJvm launch() {
        starts++;
        return ChildJvm.start(
                "io.skein.standalone.SkeinCommand",
                folder.resolve("server-" + starts + ".out"),
                "-Xmx" + heap,
                "run",
                "--port",
                Integer.toString(port),
                "--data",
                folder.resolve("data").toString(),
                "--set",
                "skein.kafka.bootstrap-servers=" + kafka,
                "--set",
                "skein.otlp.grpc-port=-1",
                // The tables are compared when the log is at rest, so what there is should soon be signed.
                "--set",
                "skein.checkpoints.interval=1s");
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Waits until it answers. */
    void awaitUp() throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!isUp()) {
            if (!child.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException("the server did not come up: " + child.output());
            }
            Thread.sleep(50);
        }
    }

    boolean isUp() throws InterruptedException {
        try {
            return http.send(
                                    HttpRequest.newBuilder(url().resolve("/v1/status"))
                                            .timeout(Duration.ofSeconds(5))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    JsonNode status() throws IOException, InterruptedException {
        return KernelJson.mapper()
                .readTree(http.send(
                                HttpRequest.newBuilder(url().resolve("/v1/status"))
                                        .timeout(Duration.ofSeconds(20))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body());
    }

    /** SIGKILL; {@code withPostgres}: for PostgreSQL too, which otherwise lives on until the next start stops it. */
    void kill(boolean withPostgres) {
        if (withPostgres) {
            child.killWithChildren();
        } else {
            child.kill();
        }
    }

    void start() {
        child = launch();
    }

    /** The database's superuser. */
    DataSource owner() throws IOException {
        // Line 4 of PostgreSQL's own file is its port.
        String pgPort = Files.readAllLines(folder.resolve("data/postgres/postmaster.pid"))
                .get(3);
        PGSimpleDataSource owner = new PGSimpleDataSource();
        owner.setUrl("jdbc:postgresql://127.0.0.1:" + pgPort.trim() + "/skein");
        owner.setUser("postgres");
        return owner;
    }

    /** In order, as Ctrl-C does. */
    void stop() {
        child.close();
    }

    @Override
    public void close() {
        stop();
        http.shutdownNow();
    }
}
