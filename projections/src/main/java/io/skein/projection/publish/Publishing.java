package io.skein.projection.publish;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the deltas of graph, metrics and trust to {@code causal-graph-updates} and {@code analytics-metrics}: JSON as the live gateway's, with
 * {@code networkId}; {@code from} and {@code to} say that these are the rows whose newest change lies in {@code (from, to]}.
 */
public final class Publishing implements AutoCloseable {
    private final PublishingSettings settings;
    private final DataSource dataSource;
    private final List<Publisher> publishers = new ArrayList<>();
    private @Nullable Producer<byte[], byte[]> producer;

    public Publishing(PublishingSettings settings, DataSource dataSource) {
        this.settings = settings;
        this.dataSource = dataSource;
    }

    /** Begins where it stopped; does nothing where no broker is named. */
    public void start() {
        if (!settings.isEnabled()) {
            return;
        }
        Producer<byte[], byte[]> opened =
                new KafkaProducer<>(settings.producer(), new ByteArraySerializer(), new ByteArraySerializer());
        producer = opened;
        for (ChangeFeed feed : List.of(new GraphFeed(), new MetricsFeed(), new TrustFeed())) {
            Publisher publisher = new Publisher(feed, dataSource, opened);
            publishers.add(publisher);
            publisher.start();
        }
    }

    /** A producer of its own for who asks, to be closed by them, and the topic made where it is missing; null where no broker is named. */
    public @Nullable Producer<byte[], byte[]> anotherProducer(String topic) {
        if (settings.isEnabled()) {
            create(topic);
        }
        return settings.isEnabled()
                ? new KafkaProducer<>(settings.producer(), new ByteArraySerializer(), new ByteArraySerializer())
                : null;
    }

    private void create(String topic) {
        try (Admin admin = Admin.create(settings.producer())) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.empty(), Optional.empty())))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            if (!(failure.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException(
                        "topic " + topic + " could not be made: " + failure.getCause(), failure);
            }
        } catch (TimeoutException late) {
            throw new IllegalStateException("topic " + topic + " was not made within 30 s", late);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped while topic " + topic + " was made", stopped);
        }
    }

    /** What keeps a publisher from publishing, by its name; empty where all do. */
    public Map<String, String> errors() {
        Map<String, String> errors = new LinkedHashMap<>();
        for (Publisher publisher : publishers) {
            String error = publisher.error();
            if (error != null) {
                errors.put(publisher.name(), error);
            }
        }
        return errors;
    }

    @Override
    public void close() {
        publishers.forEach(Publisher::close);
        Producer<byte[], byte[]> opened = producer;
        if (opened != null) {
            opened.close(java.time.Duration.ofSeconds(5));
        }
    }
}
