package io.skein.command.kafka;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when something of Kafka's may be tried again, and what is wrong until then. After a failure it makes wait, longer each time; after several in a row it opens
 * and lets nothing through for a while, then one attempt. Its state is in health, metrics and the log. Used by one thread, asked by any.
 */
public final class KafkaBreaker {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaBreaker.class);

    private final String name;
    private final String effect;
    private final KafkaTroubles troubles;
    private final CircuitBreaker breaker;
    private final Backoff backoff;
    private final MeterRegistry meters;
    private final long pauseSeconds;
    private volatile long nextAt = System.nanoTime();
    private volatile @Nullable KafkaTrouble trouble;
    private String told = "";

    /**
     * @param name in metrics and log
     * @param effect what does not happen while it is open, for the log
     */
    public KafkaBreaker(String name, String effect, KafkaSettings settings, MeterRegistry meters) {
        this.name = name;
        this.effect = effect;
        this.troubles = new KafkaTroubles(settings);
        this.meters = meters;
        this.pauseSeconds = settings.breakerPause().toSeconds();
        this.backoff = new Backoff(settings.firstBackoff(), settings.maxBackoff());
        this.breaker = CircuitBreaker.of(
                "kafka-" + name,
                CircuitBreakerConfig.custom()
                        .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .slidingWindowSize(settings.breakerFailures())
                        .minimumNumberOfCalls(settings.breakerFailures())
                        .failureRateThreshold(100)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .waitDurationInOpenState(settings.breakerPause())
                        .build());
        Gauge.builder("skein.kafka.breaker", breaker, KafkaBreaker::stateNumber)
                .description("0 closed, 1 half open, 2 open")
                .tag("breaker", name)
                .register(meters);
        breaker.getEventPublisher().onStateTransition(change -> tell(change.getStateTransition()));
    }

    private void tell(CircuitBreaker.StateTransition change) {
        switch (change) {
            case CLOSED_TO_OPEN ->
                LOG.error(
                        "event=kafka_breaker_open breaker={} effect=\"{}\" tries_again_every_seconds={} detail=\"{}\"",
                        name,
                        effect,
                        pauseSeconds,
                        trouble());
            case HALF_OPEN_TO_CLOSED -> LOG.info("event=kafka_breaker_closed breaker={}", name);
            // It goes to and fro between these while the trouble lasts; that was told.
            default -> LOG.debug("event=kafka_breaker breaker={} change={}", name, change);
        }
    }

    private static double stateNumber(CircuitBreaker breaker) {
        return switch (breaker.getState()) {
            case CLOSED -> 0;
            case HALF_OPEN -> 1;
            default -> 2;
        };
    }

    /** {@code closed}, {@code half_open} or {@code open}. */
    public String state() {
        return breaker.getState().name().toLowerCase(Locale.ROOT);
    }

    /** What is wrong; empty where nothing is. */
    public String trouble() {
        KafkaTrouble present = trouble;
        return present == null ? "" : present.toString();
    }

    /** Whether an attempt may begin now; who is told so must tell how it went. */
    public boolean mayBegin() {
        return nextAt - System.nanoTime() <= 0 && breaker.tryAcquirePermission();
    }

    /** An attempt went well; may be said again while it goes on well. */
    public void succeeded() {
        breaker.onSuccess(0, TimeUnit.NANOSECONDS);
        backoff.reset();
        if (!told.isEmpty()) {
            LOG.info("event=kafka_goes_on what={}", name);
        }
        told = "";
        trouble = null;
    }

    /** An attempt ended without telling anything about Kafka. */
    public void gaveUp() {
        breaker.releasePermission();
    }

    /**
     * An attempt failed.
     *
     * @param operation the right that was being used, as {@code Write}
     */
    public KafkaTrouble failed(Throwable failure, String operation) {
        KafkaTrouble found = troubles.of(failure, operation);
        trouble = found;
        meters.counter(
                        "skein.kafka.failures",
                        "breaker",
                        name,
                        "kind",
                        found.kind().word())
                .increment();
        breaker.onError(0, TimeUnit.NANOSECONDS, failure);
        long wait = backoff.next().toNanos();
        nextAt = System.nanoTime() + wait;
        String text = found.toString();
        // Once for each thing that is wrong, not for each time that it is found again.
        if (!text.equals(told)) {
            LOG.warn(
                    "event=kafka_failed what={} kind={} detail=\"{}\" effect=\"{}\" action=retrying",
                    name,
                    found.kind().word(),
                    text,
                    effect,
                    found.kind() == KafkaTrouble.Kind.OTHER ? failure : null);
            told = text;
        }
        return found;
    }
}
