package io.skein.command.mirror;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.skein.command.kafka.KafkaBreaker;
import io.skein.command.kafka.KafkaLoop;
import io.skein.command.kafka.KafkaSettings;
import io.skein.command.kafka.KafkaTopics;
import io.skein.command.kafka.KafkaTrouble;
import io.skein.command.kafka.KafkaTroubleException;
import io.skein.command.kafka.Topics;
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
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
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
 * event is on the topic at least once; and because a producer has one request under way and is closed as soon as a record fails, and a new producer begins behind the
 * token again, each partition sees every event first in the order of the log. One node at a time mirrors; another takes over ten seconds after its last
 * sign of life. Holds up no command: it only reads.
 */
public final class Mirror implements SmartLifecycle {
    /** Name of the processor in {@code processor_token}. */
    public static final String NAME = "mirror";

    private static final Logger LOG = LoggerFactory.getLogger(Mirror.class);
    private static final int PAGE = 2_000;
    private static final Duration CLAIM_EVERY = Duration.ofSeconds(3);
    private static final Duration STANDBY = Duration.ofSeconds(2);

    private final KafkaSettings settings;
    private final KafkaTopics topics;
    private final MirrorToken token;
    private final LogReader reader;
    private final LogTail tail;
    private final MirrorRecords records;
    private final KafkaBreaker breaker;
    private final KafkaLoop loop;
    private volatile long position = -1;

    Mirror(
            KafkaSettings settings,
            KafkaTopics topics,
            MirrorToken token,
            LogReader reader,
            LogTail tail,
            MirrorRecords records,
            MeterRegistry meters) {
        this.settings = settings;
        this.topics = topics;
        this.token = token;
        this.reader = reader;
        this.tail = tail;
        this.records = records;
        this.breaker = new KafkaBreaker(
                "mirror",
                "the topics get nothing new and nothing is lost: the mirror goes on at its token",
                settings,
                meters);
        // Everything that it waits for ends by an interrupt.
        this.loop = new KafkaLoop("skein-mirror", breaker, Duration.ofMillis(100));
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
        return breaker.trouble();
    }

    /** {@code closed}, {@code half_open} or {@code open}. */
    public String breaker() {
        return breaker.state();
    }

    @Override
    public void start() {
        if (settings.isEnabled()) {
            loop.start(topics::await, "Write", this::mirror);
        } else {
            loop.idle();
        }
    }

    @Override
    public void stop() {
        loop.stop(() -> {});
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }

    /** Claims the token and publishes until something fails or this side stops. */
    private void mirror() throws InterruptedException, ExecutionException, KafkaLoop.NotNow {
        long from = claim();
        ProducerFactory<String, byte[]> producers = DefaultProducerFactory.<String, byte[]>builder()
                .configuration(producer())
                // What is not acknowledged by then is sent again by the next one, from the token.
                .closeTimeout(Duration.ofMillis(1))
                .build();
        try {
            Producer<String, byte[]> producer = producers.createProducer();
            // Fails where no broker answers, also while there is nothing to send.
            producer.partitionsFor(Topics.EVENTS);
            if (tail.head() <= from) {
                breaker.succeeded();
            }
            LOG.info("event=mirror_started position={}", from);
            follow(producers, producer, from);
        } finally {
            position = -1;
            // An interrupt must not keep the producer from being closed.
            boolean interrupted = Thread.interrupted();
            producers.shutDown();
            token.release();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private long claim() throws KafkaLoop.NotNow {
        try {
            return token.claim();
        } catch (UnableToClaimTokenException taken) {
            throw new KafkaLoop.NotNow(STANDBY);
        }
    }

    private void follow(ProducerFactory<String, byte[]> producers, Producer<String, byte[]> producer, long from)
            throws InterruptedException, ExecutionException, KafkaLoop.NotNow {
        long at = from;
        position = at;
        Claim claim = new Claim();
        while (loop.isRunning()) {
            if (!tail.awaitBeyond(at, CLAIM_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                claim.extend();
                continue;
            }
            List<TrackedEventMessage<?>> page = reader.after(at, PAGE);
            if (page.isEmpty()) {
                continue;
            }
            publish(producers, producer, page, claim);
            at = LogReader.positionOf(page.getLast().trackingToken());
            claim.store(at);
            position = at;
            breaker.succeeded();
        }
    }

    /** Returns when all that the events become is acknowledged. */
    private void publish(
            ProducerFactory<String, byte[]> producers,
            Producer<String, byte[]> producer,
            List<TrackedEventMessage<?>> page,
            Claim claim)
            throws InterruptedException, ExecutionException, KafkaLoop.NotNow {
        AtomicReference<@Nullable Failure> failure = new AtomicReference<>();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        long deadline = System.nanoTime() + settings.acknowledgementTimeout().toNanos();
        try {
            for (TrackedEventMessage<?> event : page) {
                for (ProducerRecord<String, byte[]> record : records.of(event)) {
                    long at = LogReader.positionOf(event.trackingToken());
                    sent.add(producer.send(record, (place, why) -> {
                        if (why != null && failure.compareAndSet(null, new Failure(record, at, why))) {
                            // At once: none of the later ones may come before this one.
                            producers.shutDown();
                        }
                    }));
                }
            }
            for (Future<RecordMetadata> acknowledgement : sent) {
                await(acknowledgement, deadline, claim);
            }
        } catch (ExecutionException | IllegalStateException closed) {
            Failure first = failure.get();
            if (first == null) {
                throw closed;
            }
            if (first.why() instanceof RecordTooLargeException) {
                throw tooLarge(first);
            }
            throw new ExecutionException(first.why());
        }
    }

    private record Failure(ProducerRecord<String, byte[]> record, long position, Exception why) {}

    /** Waits for the acknowledgement, keeping the claim meanwhile. */
    private void await(Future<RecordMetadata> acknowledgement, long deadline, Claim claim)
            throws InterruptedException, ExecutionException, KafkaLoop.NotNow {
        while (true) {
            long now = System.nanoTime();
            try {
                acknowledgement.get(Math.max(1, Math.min(claim.dueAt(), deadline) - now), TimeUnit.NANOSECONDS);
                return;
            } catch (TimeoutException waiting) {
                if (System.nanoTime() >= deadline) {
                    throw unacknowledged();
                }
                claim.extend();
            }
        }
    }

    private static KafkaTroubleException tooLarge(Failure failure) {
        return new KafkaTroubleException(new KafkaTrouble(
                KafkaTrouble.Kind.RECORD_TOO_LARGE,
                "topic " + failure.record().topic() + ", event at position " + failure.position(),
                "a record of " + failure.record().value().length + " bytes was refused: "
                        + failure.why().getMessage(),
                "a topic and brokers that take records of " + KafkaSettings.MAX_RECORD_BYTES + " bytes",
                "raise max.message.bytes of the topic; the mirror leaves no event out and goes on by itself then"));
    }

    /** A producer that waits for ever does not say for what; the look at the topics does. */
    private KafkaTroubleException unacknowledged() {
        String known = topics.trouble();
        return new KafkaTroubleException(new KafkaTrouble(
                KafkaTrouble.Kind.UNREACHABLE,
                "mirror at position " + position,
                "the broker has not acknowledged the next events within " + settings.acknowledgementTimeout()
                        + (known.isEmpty() ? "" : "; " + known),
                "acknowledgements of all replicas in sync",
                "see the brokers' log; it goes on by itself, in order"));
    }

    private Map<String, Object> producer() {
        Map<String, Object> producer = settings.producer("skein-mirror");
        // A refused record must be known before any later one is sent.
        producer.put("max.in.flight.requests.per.connection", 1);
        producer.put("key.serializer", StringSerializer.class);
        producer.put("value.serializer", ByteArraySerializer.class);
        return producer;
    }

    /** This node's right to mirror, which runs out unless renewed. */
    private final class Claim {
        private long renewedAt = System.nanoTime();

        long dueAt() {
            return renewedAt + CLAIM_EVERY.toNanos();
        }

        void extend() throws KafkaLoop.NotNow {
            renew(token::extend);
        }

        void store(long at) throws KafkaLoop.NotNow {
            renew(() -> token.store(at));
        }

        private void renew(Runnable renewal) throws KafkaLoop.NotNow {
            try {
                renewal.run();
            } catch (UnableToClaimTokenException taken) {
                LOG.warn("event=mirror_taken_over position={}", position);
                throw new KafkaLoop.NotNow(STANDBY);
            }
            renewedAt = System.nanoTime();
        }
    }
}
