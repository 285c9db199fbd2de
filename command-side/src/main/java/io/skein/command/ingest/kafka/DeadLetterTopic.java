package io.skein.command.ingest.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import io.skein.command.ingest.DeadLetter;
import io.skein.command.kafka.KafkaBreaker;
import io.skein.command.kafka.KafkaSettings;
import io.skein.command.kafka.Topics;
import io.skein.eventlog.KernelJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Publishes dead letters as they came, with what is known of them as headers. Used by one thread. */
final class DeadLetterTopic {
    /** What the headers may take beside the record that it was. */
    private static final int DRESS_BYTES = 256 * 1024;
    /** Of a record that the topic does not take whole; the table has all of it. */
    private static final int KEPT_BYTES = 64 * 1024;

    private final KafkaSettings settings;
    private final KafkaBreaker breaker;
    private final int deliveryMillis;
    private @Nullable Producer<byte[], byte[]> producer;

    DeadLetterTopic(KafkaSettings settings, MeterRegistry meters) {
        this.settings = settings;
        this.deliveryMillis = (int) Math.min(
                Integer.MAX_VALUE / 2, settings.acknowledgementTimeout().toMillis());
        this.breaker = new KafkaBreaker(
                "dead-letters",
                "the door " + Topics.RAW + " waits behind a dead letter that is in the table but not on "
                        + Topics.DEAD_LETTERS,
                settings,
                meters);
    }

    /** What is wrong; empty where nothing is. */
    String trouble() {
        return breaker.trouble();
    }

    /** {@code closed}, {@code half_open} or {@code open}. */
    String breaker() {
        return breaker.state();
    }

    /** Whether the broker has them all; if not, they are to be sent again. */
    boolean send(List<DeadLetter> letters) {
        if (!breaker.mayBegin()) {
            return false;
        }
        try {
            Producer<byte[], byte[]> open = open();
            List<Future<?>> sent = new ArrayList<>(letters.size());
            for (DeadLetter letter : letters) {
                sent.add(open.send(record(letter, letter.original())));
            }
            for (int i = 0; i < letters.size(); i++) {
                await(open, letters.get(i), sent.get(i));
            }
            breaker.succeeded();
            return true;
        } catch (KafkaException | ExecutionException | TimeoutException failure) {
            breaker.failed(failure, "Write");
            close();
            return false;
        } catch (InterruptedException interrupted) {
            breaker.gaveUp();
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void await(Producer<byte[], byte[]> open, DeadLetter letter, Future<?> sent)
            throws ExecutionException, InterruptedException, TimeoutException {
        try {
            sent.get(2L * deliveryMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException refused) {
            if (!(refused.getCause() instanceof RecordTooLargeException) || letter.original().length <= KEPT_BYTES) {
                throw refused;
            }
            // It will not fit later either, and nothing may wait behind it for ever.
            ProducerRecord<byte[], byte[]> cut = record(letter, Arrays.copyOf(letter.original(), KEPT_BYTES));
            header(cut, "original-bytes", Integer.toString(letter.original().length));
            open.send(cut).get(2L * deliveryMillis, TimeUnit.MILLISECONDS);
        }
    }

    private Producer<byte[], byte[]> open() {
        Producer<byte[], byte[]> open = producer;
        if (open == null) {
            Map<String, Object> producing = settings.producer("skein-dead-letters");
            // Their order is nobody's concern, so one may be given up and sent again.
            producing.put("delivery.timeout.ms", deliveryMillis);
            producing.put("request.timeout.ms", Math.max(1, deliveryMillis / 2));
            producing.put("max.request.size", KafkaSettings.MAX_RECORD_BYTES + DRESS_BYTES);
            open = new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer());
            producer = open;
        }
        return open;
    }

    private static ProducerRecord<byte[], byte[]> record(DeadLetter letter, byte[] original) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(Topics.DEAD_LETTERS, letter.key(), original);
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
        // What the record was, so that it can be read as that again.
        letter.form().attributes().forEach((name, value) -> header(record, name, value));
        return record;
    }

    private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    void close() {
        Producer<byte[], byte[]> open = producer;
        producer = null;
        if (open != null) {
            open.close(Duration.ofSeconds(2));
        }
    }
}
