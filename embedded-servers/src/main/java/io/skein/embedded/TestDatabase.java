package io.skein.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A fresh database for a test or a measurement. All of a process live on one server, which is started at first use and stopped, with its
 * folder removed, when the process ends.
 */
public final class TestDatabase {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static @Nullable EmbeddedPostgresServer server;
    private static @Nullable String template;

    private final EmbeddedPostgresServer home;
    private final String name;

    private TestDatabase(EmbeddedPostgresServer home, String name) {
        this.home = home;
        this.name = name;
    }

    /** @param migrate brings an empty database to the schema, as {@code Schema::migrate}; called once a process */
    public static synchronized TestDatabase fresh(Consumer<DataSource> migrate) {
        EmbeddedPostgresServer running = sharedServer();
        if (template == null) {
            execute(running.owner(), "create database skein_template");
            migrate.accept(running.owner("skein_template"));
            template = "skein_template";
        }
        String name = "skein_" + COUNT.incrementAndGet();
        execute(running.owner(), "create database " + name + " template " + template);
        return new TestDatabase(running, name);
    }

    /** The server that all databases of the process share. */
    public static synchronized EmbeddedPostgresServer sharedServer() {
        EmbeddedPostgresServer running = server;
        if (running == null) {
            try {
                Path folder = Files.createTempDirectory("skein-postgres-");
                running = EmbeddedPostgresServer.start(folder, 0);
                server = running;
                EmbeddedPostgresServer started = running;
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    started.close();
                    remove(folder);
                }));
            } catch (IOException failure) {
                throw new UncheckedIOException("no folder for a PostgreSQL server", failure);
            }
        }
        return running;
    }

    /** The superuser's data source; opens a connection a call, so wrap it in a pool where that matters. */
    public DataSource owner() {
        return home.owner(name);
    }

    /** JDBC address without user; the superuser is {@code postgres}, without a password. */
    public String url() {
        return home.url(name);
    }

    public String name() {
        return name;
    }

    private static void execute(DataSource owner, String sql) {
        try (Connection connection = owner.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(sql + " failed", failure);
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            paths.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        } catch (IOException failure) {
            throw new UncheckedIOException(folder + " could not be removed", failure);
        }
    }
}
