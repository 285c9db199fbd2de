package io.skein.command.ingest.kafka;

import io.skein.command.ingest.DeadLetter;
import io.skein.command.kafka.KafkaSettings;
import io.skein.command.kafka.Topics;
import io.skein.eventlog.KernelJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Publishes dead letters as they came, with what is known of them as headers. */
final class DeadLetterTopic implements AutoCloseable {
    private static final int DELIVERY_MILLIS = 30_000;

    private final Producer<byte[], byte[]> producer;

    DeadLetterTopic(KafkaSettings settings) {
        Map<String, Object> producing = settings.producer("skein-dead-letters");
        // Their order is nobody's concern; a record that does not fit must not be tried for ever.
        producing.put("delivery.timeout.ms", DELIVERY_MILLIS);
        this.producer = new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Returns when the broker has them all. */
    void send(List<DeadLetter> letters) throws ExecutionException, InterruptedException {
        List<Future<?>> sent = new ArrayList<>(letters.size());
        for (DeadLetter letter : letters) {
            sent.add(producer.send(record(letter)));
        }
        for (Future<?> acknowledgement : sent) {
            try {
                acknowledgement.get(2L * DELIVERY_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException late) {
                throw new KafkaException("no acknowledgement for a dead letter", late);
            }
        }
    }

    private static ProducerRecord<byte[], byte[]> record(DeadLetter letter) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(Topics.DEAD_LETTERS, letter.key(), letter.original());
        header(record, "reason", KernelJson.word(letter.refusal().reason()));
        header(record, "detail", letter.refusal().detail());
        header(record, "field", letter.refusal().field());
        // A refusal is a value: where it was decided is all the stack there is.
        header(record, "stack", "io.skein.command.ingest.MessageParser");
        header(record, "attempts", "1");
        header(record, "first-at", letter.at().toString());
        header(record, "last-at", letter.at().toString());
        DeadLetter.Source source = letter.source();
        if (source != null) {
            header(record, "source-topic", source.topic());
            header(record, "source-partition", Integer.toString(source.partition()));
            header(record, "source-offset", Long.toString(source.offset()));
        }
        return record;
    }

    private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }
}
