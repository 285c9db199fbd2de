package io.skein.projection.publish;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
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

    /** A producer of its own for who asks, to be closed by them; null where no broker is named. */
    public @Nullable Producer<byte[], byte[]> anotherProducer() {
        return settings.isEnabled()
                ? new KafkaProducer<>(settings.producer(), new ByteArraySerializer(), new ByteArraySerializer())
                : null;
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
