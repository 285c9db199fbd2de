package io.skein.command.mirror;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.skein.command.kafka.KafkaSettings;
import io.skein.command.kafka.KafkaTopics;
import io.skein.command.kafka.TopicMismatchException;
import io.skein.eventlog.LogPages;
import io.skein.eventlog.LogReader;
import io.skein.eventlog.LogTail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.eventhandling.tokenstore.UnableToClaimTokenException;
import org.axonframework.extensions.kafka.eventhandling.producer.DefaultProducerFactory;
import org.axonframework.extensions.kafka.eventhandling.producer.ProducerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Follows the log and publishes every event through the framework's Kafka extension. The token moves only when the broker has acknowledged the whole page, so every
 * event is on the topic at least once; and because a producer never gives up one record while it sends a later one, and a new producer begins behind the
 * token again, each partition sees every event first in the order of the log. One node at a time mirrors; another takes over ten seconds after its last
 * sign of life. Holds up no command: it only reads.
 */
public final class Mirror implements SmartLifecycle {
    /** Name of the processor in {@code processor_token}. */
    public static final String NAME = "mirror";

    private static final Logger LOG = LoggerFactory.getLogger(Mirror.class);
    private static final int PAGE = 2_000;
    private static final Duration CLAIM_EVERY = Duration.ofSeconds(3);
    private static final long FIRST_PAUSE_MILLIS = 250;
    private static final long MAX_PAUSE_MILLIS = 10_000;
    private static final long STANDBY_MILLIS = 2_000;

    private final KafkaSettings settings;
    private final KafkaTopics topics;
    private final MirrorToken token;
    private final LogPages pages;
    private final LogReader reader;
    private final LogTail tail;
    private final MirrorRecords records;
    private volatile @Nullable Thread thread;
    private volatile boolean running;
    private volatile long position = -1;
    private volatile String trouble = "";
    /** Whether something was acknowledged since the last interruption. Only the mirroring thread. */
    private boolean progress;

    Mirror(
            KafkaSettings settings,
            KafkaTopics topics,
            MirrorToken token,
            LogPages pages,
            LogReader reader,
            LogTail tail,
            MirrorRecords records,
            MeterRegistry meters) {
        this.settings = settings;
        this.topics = topics;
        this.token = token;
        this.pages = pages;
        this.reader = reader;
        this.tail = tail;
        this.records = records;
        Gauge.builder("skein.mirror.lag", this, Mirror::lag)
                .description("events of the log that the topics do not have yet; 0 on a node that does not mirror")
                .register(meters);
    }

    /** Every event up to here is acknowledged; -1 while another node mirrors or none. */
    public long position() {
        return position;
    }

    /** Events of the log that the topics do not have; 0 on a node that does not mirror. */
    public long lag() {
        return position < 0 ? 0 : Math.max(0, tail.head() - position);
    }

    /** What keeps it from going on; empty where nothing does. */
    public String trouble() {
        return trouble;
    }

    @Override
    public void start() {
        running = true;
        if (settings.isEnabled()) {
            thread = Thread.ofPlatform().daemon().name("skein-mirror").start(this::run);
        }
    }

    @Override
    public void stop() {
        running = false;
        Thread mirroring = thread;
        if (mirroring == null) {
            return;
        }
        mirroring.interrupt();
        try {
            mirroring.join(Duration.ofSeconds(10));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        try {
            if (!topics.await()) {
                return;
            }
            long pause = FIRST_PAUSE_MILLIS;
            while (running) {
                progress = false;
                try {
                    mirror();
                } catch (UnableToClaimTokenException taken) {
                    Thread.sleep(STANDBY_MILLIS);
                    continue;
                } catch (ExecutionException | RuntimeException failure) {
                    trouble = failure.toString();
                    LOG.warn("event=mirror_interrupted position={} action=retrying cause={}", position, trouble);
                } finally {
                    pause = progress ? FIRST_PAUSE_MILLIS : Math.min(MAX_PAUSE_MILLIS, pause * 2);
                    position = -1;
                }
                Thread.sleep(pause);
            }
        } catch (TopicMismatchException mismatch) {
            trouble = String.valueOf(mismatch.getMessage());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Claims the token and publishes until something fails or this side stops. */
    private void mirror() throws InterruptedException, ExecutionException {
        long from = token.claim();
        ProducerFactory<String, byte[]> producers = DefaultProducerFactory.<String, byte[]>builder()
                .configuration(producer())
                // What is not acknowledged by then is sent again by the next one, from the token.
                .closeTimeout(Duration.ofMillis(1))
                .build();
        try {
            LOG.info("event=mirror_started position={}", from);
            follow(producers.createProducer(), from);
        } finally {
            // An interrupt must not keep the producer from being closed.
            boolean interrupted = Thread.interrupted();
            producers.shutDown();
            token.release();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void follow(Producer<String, byte[]> producer, long from) throws InterruptedException, ExecutionException {
        long at = from;
        position = at;
        long claimed = System.nanoTime();
        while (running) {
            if (!tail.awaitBeyond(at, CLAIM_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                token.extend();
                claimed = System.nanoTime();
                continue;
            }
            List<TrackedEventMessage<?>> page = reader.messages(pages.after(at, PAGE));
            if (page.isEmpty()) {
                continue;
            }
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (TrackedEventMessage<?> event : page) {
                for (ProducerRecord<String, byte[]> record : records.of(event)) {
                    sent.add(producer.send(record));
                }
            }
            for (Future<RecordMetadata> acknowledgement : sent) {
                claimed = await(acknowledgement, claimed);
            }
            at = LogReader.positionOf(page.getLast().trackingToken());
            token.store(at);
            claimed = System.nanoTime();
            position = at;
            progress = true;
            trouble = "";
        }
    }

    private long await(Future<RecordMetadata> acknowledgement, long claimedAt)
            throws InterruptedException, ExecutionException {
        long claimed = claimedAt;
        while (true) {
            try {
                acknowledgement.get(
                        Math.max(1, claimed + CLAIM_EVERY.toNanos() - System.nanoTime()), TimeUnit.NANOSECONDS);
                return claimed;
            } catch (TimeoutException waiting) {
                trouble = "no acknowledgement from the broker yet";
                token.extend();
                claimed = System.nanoTime();
            }
        }
    }

    private Map<String, Object> producer() {
        Map<String, Object> producer = settings.producer("skein-mirror");
        producer.put("key.serializer", StringSerializer.class);
        producer.put("value.serializer", ByteArraySerializer.class);
        return producer;
    }
}
