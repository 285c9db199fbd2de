package io.skein.command.audit;

import io.skein.command.kafka.KafkaSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts every checkpoint on a topic that others keep; key: the log's origin. Holds nothing up: what the broker does not take is told in the log and the next one says more. */
final class TopicAnchor implements CheckpointSigner.Anchor {
    private static final Logger LOG = LoggerFactory.getLogger(TopicAnchor.class);
    private static final Duration CLOSED_WITHIN = Duration.ofSeconds(2);

    private final KafkaProducer<String, byte[]> producer;
    private final String topic;

    TopicAnchor(KafkaSettings settings, String topic) {
        this.topic = topic;
        java.util.Map<String, Object> configuration = settings.producer("skein-checkpoints");
        configuration.put("delivery.timeout.ms", 120_000);
        this.producer = new KafkaProducer<>(configuration, new StringSerializer(), new ByteArraySerializer());
    }

    @Override
    public void put(String origin, String note) {
        producer.send(
                new ProducerRecord<>(topic, origin, note.getBytes(StandardCharsets.UTF_8)), (metadata, failure) -> {
                    if (failure != null) {
                        LOG.warn(
                                "event=checkpoint_not_anchored topic={} action=going_on cause={}",
                                topic,
                                failure.toString());
                    }
                });
    }

    @Override
    public void close() {
        producer.close(CLOSED_WITHIN);
    }
}
