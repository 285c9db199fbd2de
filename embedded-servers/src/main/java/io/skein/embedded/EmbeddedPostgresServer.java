package io.skein.embedded;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A real PostgreSQL whose commits are durable. Its data stays in the folder and is found again at the next start, also after a kill. */
public final class EmbeddedPostgresServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgresServer.class);

    private final EmbeddedPostgres postgres;

    private EmbeddedPostgresServer(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    /**
     * Starts on the folder, making it if it is not there; a server left over on it by a killed process is stopped first.
     *
     * @param port 0 for any free one
     * @throws UncheckedIOException if it does not start; the message says where its output is
     */
    public static EmbeddedPostgresServer start(Path folder, int port) {
        return start(folder, port, Map.of());
    }

    /** As {@link #start(Path, int)}, with settings of its own, as {@code fsync} for throw-away servers. */
    public static EmbeddedPostgresServer start(Path folder, int port, Map<String, String> settings) {
        try {
            Files.createDirectories(folder);
            Path absolute = folder.toAbsolutePath().normalize();
            stopLeftOver(absolute);
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setDataDirectory(absolute)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .setPGStartupWait(Duration.ofSeconds(60))
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setServerConfig("max_connections", "200")
                    .setServerConfig("shared_buffers", "256MB")
                    .setServerConfig("max_wal_size", "4GB")
                    .setServerConfig("checkpoint_timeout", "15min")
                    .setServerConfig("timezone", "UTC");
            settings.forEach(builder::setServerConfig);
            if (port != 0) {
                builder.setPort(port);
            }
            return new EmbeddedPostgresServer(builder.start());
        } catch (IOException failure) {
            throw new UncheckedIOException("PostgreSQL did not start on " + folder, failure);
        }
    }

    /** The superuser's data source on the server's own database. */
    public DataSource owner() {
        return postgres.getPostgresDatabase();
    }

    /** The superuser's data source on a database by name. */
    public DataSource owner(String database) {
        return postgres.getDatabase("postgres", database);
    }

    /** JDBC address of a database, without user. */
    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/" + database;
    }

    public int port() {
        return postgres.getPort();
    }

    /** Stops the server; what is committed stays in the folder. */
    @Override
    public void close() {
        try {
            postgres.close();
        } catch (IOException failure) {
            throw new UncheckedIOException("PostgreSQL did not stop", failure);
        }
    }

    /** The process id in postmaster.pid is only believed if that process was started on this very folder. */
    private static void stopLeftOver(Path folder) throws IOException {
        Path pidFile = folder.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        String firstLine =
                Files.readString(pidFile).lines().findFirst().orElse("").trim();
        if (firstLine.isEmpty()) {
            // Killed before it had written its number.
            Files.delete(pidFile);
            return;
        }
        long pid = Long.parseLong(firstLine);
        Optional<ProcessHandle> left =
                ProcessHandle.of(pid).filter(process -> commandLine(process).contains(folder.toString()));
        if (left.isPresent()) {
            LOG.warn("event=postgres_left_over pid={} folder={} action=stopping", pid, folder);
            left.get().destroy();
            try {
                left.get().onExit().get(20, TimeUnit.SECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException stuck) {
                LOG.warn("event=postgres_left_over_stuck pid={} action=killing", pid);
                left.get().destroyForcibly();
            }
        }
        Files.deleteIfExists(pidFile);
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
                    .replace('\0', ' ');
        } catch (IOException notLinux) {
            return process.info().commandLine().orElse("");
        }
    }
}
