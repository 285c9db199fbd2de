package io.skein.command.kafka;

import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;

/** How long to wait before trying again: twice as long each time, up to a bound, by chance up to half more or less, so that many do not come back at once. */
public final class Backoff {
    private static final double FACTOR = 2.0;
    private static final double JITTER = 0.5;

    private final IntervalFunction interval;
    private int failures;

    public Backoff(Duration first, Duration most) {
        this.interval = IntervalFunction.ofExponentialRandomBackoff(first, FACTOR, JITTER, most);
    }

    /** The next wait. */
    public Duration next() {
        failures++;
        return Duration.ofMillis(interval.apply(failures));
    }

    /** It went well; the next wait is a short one again. */
    public void reset() {
        failures = 0;
    }

    /** Waits since the last reset. */
    int failures() {
        return failures;
    }
}
