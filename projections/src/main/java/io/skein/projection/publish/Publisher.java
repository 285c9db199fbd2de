package io.skein.projection.publish;

import io.skein.eventlog.KernelJson;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one feed to its topic, key network, in order of position, at least once: its progress moves only after the broker has acknowledged. While
 * the broker or the database is away it waits, longer and longer up to a bound; the projections do not notice.
 */
final class Publisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);
    private static final long IDLE_MILLIS = 200;
    private static final long REST_MILLIS = 100;
    private static final long FIRST_PAUSE_MILLIS = 500;
    private static final long LONGEST_PAUSE_MILLIS = 30_000;
    private static final long ACKNOWLEDGED_WITHIN_SECONDS = 60;

    private final ChangeFeed feed;
    private final DataSource dataSource;
    private final Producer<byte[], byte[]> producer;
    private final Thread thread;
    private volatile boolean closed;
    private volatile @Nullable String error;

    Publisher(ChangeFeed feed, DataSource dataSource, Producer<byte[], byte[]> producer) {
        this.feed = feed;
        this.dataSource = dataSource;
        this.producer = producer;
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("skein-" + feed.progressName())
                .unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** What keeps it from publishing, as a class name; null if nothing does. */
    @Nullable
    String error() {
        return error;
    }

    String name() {
        return feed.progressName();
    }

    private void run() {
        long pause = FIRST_PAUSE_MILLIS;
        while (!closed) {
            try {
                boolean sent = publishNext();
                if (error != null) {
                    LOG.info("event=publisher_back publisher={}", feed.progressName());
                    error = null;
                }
                pause = FIRST_PAUSE_MILLIS;
                // A change feed tells of rows, not of events: the longer it waits, the more events share a row.
                Thread.sleep(sent ? REST_MILLIS : IDLE_MILLIS);
            } catch (InterruptedException stopped) {
                return;
            } catch (SQLException | ExecutionException | TimeoutException | KafkaException failure) {
                pause = trouble(failure, pause);
            }
        }
    }

    private long trouble(Exception failure, long pause) {
        Throwable cause =
                failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
        String kind = cause.getClass().getName();
        if (closed) {
            return pause;
        }
        if (!kind.equals(error)) {
            LOG.warn(
                    "event=publisher_waits publisher={} topic={} cause={} detail=\"{}\" action=retrying",
                    feed.progressName(),
                    feed.topic(),
                    kind,
                    cause.getMessage());
        }
        error = kind;
        try {
            Thread.sleep(pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        return Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
    }

    /** Whether there was anything to do. */
    boolean publishNext() throws SQLException, InterruptedException, ExecutionException, TimeoutException {
        long from;
        ChangeFeed.Changes changes;
        try (Connection database = dataSource.getConnection()) {
            database.setAutoCommit(false);
            try {
                // One snapshot for the position and the rows, so that no row is newer than the position says.
                database.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                from = progress(database, feed.progressName());
                long to = progress(database, feed.projection());
                if (to <= from) {
                    return false;
                }
                changes = feed.read(database, from, to);
            } finally {
                database.rollback();
                database.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                database.setAutoCommit(true);
            }
        }
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        changes.byNetwork().forEach((network, parts) -> {
            for (int part = 0; part < parts.size(); part++) {
                sent.add(producer.send(record(network, from, changes.to(), parts, part)));
            }
        });
        producer.flush();
        for (Future<RecordMetadata> record : sent) {
            record.get(ACKNOWLEDGED_WITHIN_SECONDS, TimeUnit.SECONDS);
        }
        moveTo(changes.to());
        return true;
    }

    private ProducerRecord<byte[], byte[]> record(String network, long from, long to, List<Object> parts, int part) {
        Map<String, Object> delta = new LinkedHashMap<>();
        delta.put("stream", feed.stream());
        delta.put("networkId", network);
        delta.put("from", from);
        delta.put("to", to);
        if (parts.size() > 1) {
            delta.put("part", part + 1);
            delta.put("parts", parts.size());
        }
        delta.put("changes", parts.get(part));
        return new ProducerRecord<>(
                feed.topic(),
                network.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                KernelJson.mapper().writeValueAsBytes(delta));
    }

    private static long progress(Connection database, String name) throws SQLException {
        try (PreparedStatement select = database.prepareStatement(
                "select coalesce(min(position), 0) from projection_progress where name = ?")) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private void moveTo(long position) throws SQLException {
        try (Connection database = dataSource.getConnection();
                PreparedStatement upsert = database.prepareStatement("""
                        insert into projection_progress (name, segment, position) values (?, 0, ?)
                        on conflict (name, segment) do update set position = excluded.position, updated_at = now()""")) {
            upsert.setString(1, feed.progressName());
            upsert.setLong(2, position);
            upsert.executeUpdate();
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
