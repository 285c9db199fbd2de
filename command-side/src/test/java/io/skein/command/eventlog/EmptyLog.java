package io.skein.command.eventlog;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.skein.db.Schema;
import io.skein.embedded.TestDatabase;
import io.skein.eventlog.EventSerializer;
import io.skein.eventlog.LogTail;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import org.axonframework.serialization.upcasting.event.EventUpcaster;
import org.axonframework.serialization.upcasting.event.NoOpEventUpcaster;

/** An empty log for each test of a class, in one database; nodes on it are closed with it. */
final class EmptyLog implements AutoCloseable {
    private static final TestDatabase DATABASE = TestDatabase.fresh(Schema::migrate);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    EmptyLog() {
        // Triggers refuse it to everybody but a superuser who says that he is a replica.
        execute("set session_replication_role = replica; truncate event_log, aggregate_snapshot");
    }

    /** One node: its pool, tail and engine. */
    record Node(HikariDataSource dataSource, LogTail tail, PostgresEventStorageEngine engine) {}

    Node node() {
        return node(NoOpEventUpcaster.INSTANCE, DATABASE.url(), GroupCommitSettings.defaults());
    }

    Node node(EventUpcaster upcaster) {
        return node(upcaster, DATABASE.url(), GroupCommitSettings.defaults());
    }

    Node node(EventUpcaster upcaster, String url, GroupCommitSettings settings) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername("postgres");
        config.setMaximumPoolSize(6);
        config.setConnectionTimeout(3_000);
        config.setInitializationFailTimeout(-1);
        HikariDataSource dataSource = new HikariDataSource(config);
        LogTail tail = new LogTail(dataSource);
        PostgresEventStorageEngine engine =
                new PostgresEventStorageEngine(dataSource, EventSerializer.create(), upcaster, tail, settings);
        open.push(dataSource);
        open.push(tail);
        open.push(engine);
        return new Node(dataSource, tail, engine);
    }

    String url() {
        return DATABASE.url();
    }

    void execute(String sql) {
        try (Connection connection = DATABASE.owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(sql, failure);
        }
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }
}
