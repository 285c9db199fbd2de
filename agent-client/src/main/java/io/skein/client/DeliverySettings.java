package io.skein.client;

import java.time.Duration;

/**
 * How messages leave the buffer.
 *
 * @param batchMessages at most so many at once, 1 to 1,000: what the door records as one
 * @param batchBytes at most so many bytes at once, a single larger message excepted
 * @param firstBackoff wait before the first repetition; doubles from there
 * @param maxBackoff longest wait between repetitions
 * @param jitter share of the wait that is random, 0 to 1: 0.5 means between half and one and a half times
 * @param breakerFailures failed deliveries in a row that open the breaker
 * @param breakerPause how long an open breaker lets nothing through
 * @param receiptWithin futures without an answer for so long end with {@code NOT_YET_ACKNOWLEDGED}; the message stays on its way
 * @param closeWithin how long {@code close} goes on delivering
 */
public record DeliverySettings(
        int batchMessages,
        long batchBytes,
        Duration firstBackoff,
        Duration maxBackoff,
        double jitter,
        int breakerFailures,
        Duration breakerPause,
        Duration receiptWithin,
        Duration closeWithin) {
    public DeliverySettings {
        require(batchMessages >= 1 && batchMessages <= 1_000, "batchMessages", batchMessages, "1 to 1,000");
        require(batchBytes >= 1 && batchBytes <= 4 * 1024 * 1024, "batchBytes", batchBytes, "1 to 4 MiB");
        require(firstBackoff.toMillis() >= 1, "firstBackoff", firstBackoff, "1 ms or more");
        require(maxBackoff.compareTo(firstBackoff) >= 0, "maxBackoff", maxBackoff, "firstBackoff or more");
        require(jitter >= 0 && jitter < 1, "jitter", jitter, "0 or more, below 1");
        require(breakerFailures >= 1, "breakerFailures", breakerFailures, "1 or more");
        require(breakerPause.toMillis() >= 1, "breakerPause", breakerPause, "1 ms or more");
        require(receiptWithin.isPositive(), "receiptWithin", receiptWithin, "more than zero");
        require(!closeWithin.isNegative(), "closeWithin", closeWithin, "zero or more");
    }

    /** Batches of 500 or 1 MiB, waits of 100 ms doubling to 30 s, a breaker that opens for 5 s after 5 failures, receipts within 2 minutes. */
    public static DeliverySettings defaults() {
        return new DeliverySettings(
                500,
                1024 * 1024,
                Duration.ofMillis(100),
                Duration.ofSeconds(30),
                0.5,
                5,
                Duration.ofSeconds(5),
                Duration.ofMinutes(2),
                Duration.ofSeconds(5));
    }

    public DeliverySettings batch(int messages, long bytes) {
        return new DeliverySettings(
                messages,
                bytes,
                firstBackoff,
                maxBackoff,
                jitter,
                breakerFailures,
                breakerPause,
                receiptWithin,
                closeWithin);
    }

    public DeliverySettings backoff(Duration first, Duration max) {
        return new DeliverySettings(
                batchMessages,
                batchBytes,
                first,
                max,
                jitter,
                breakerFailures,
                breakerPause,
                receiptWithin,
                closeWithin);
    }

    public DeliverySettings breaker(int failures, Duration pause) {
        return new DeliverySettings(
                batchMessages,
                batchBytes,
                firstBackoff,
                maxBackoff,
                jitter,
                failures,
                pause,
                receiptWithin,
                closeWithin);
    }

    public DeliverySettings receiptWithin(Duration wait) {
        return new DeliverySettings(
                batchMessages,
                batchBytes,
                firstBackoff,
                maxBackoff,
                jitter,
                breakerFailures,
                breakerPause,
                wait,
                closeWithin);
    }

    public DeliverySettings closeWithin(Duration wait) {
        return new DeliverySettings(
                batchMessages,
                batchBytes,
                firstBackoff,
                maxBackoff,
                jitter,
                breakerFailures,
                breakerPause,
                receiptWithin,
                wait);
    }

    private static void require(boolean holds, String setting, Object found, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("delivery: " + setting + " is " + found + "; expected " + expected);
        }
    }
}
