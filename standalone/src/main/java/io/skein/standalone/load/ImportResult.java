package io.skein.standalone.load;

import java.time.Duration;
import java.util.Locale;

/**
 * What became of the lines. Blocked messages are recorded ones, as events of their own.
 *
 * @param repeats batches that were sent again because the connection broke: what they hold may count as duplicates
 */
public record ImportResult(
        long read, long recorded, long duplicates, long blocked, long refused, long repeats, Duration took) {
    static final ImportResult NOTHING = new ImportResult(0, 0, 0, 0, 0, 0, Duration.ZERO);

    ImportResult plus(ImportResult other) {
        return new ImportResult(
                read + other.read,
                recorded + other.recorded,
                duplicates + other.duplicates,
                blocked + other.blocked,
                refused + other.refused,
                repeats + other.repeats,
                took.plus(other.took));
    }

    public double messagesPerSecond() {
        return read / Math.max(0.001, took.toNanos() / 1e9);
    }

    /** As a person reads it. */
    public String summary() {
        return String.format(
                        Locale.ROOT,
                        "read %,d · recorded %,d · duplicates %,d · blocked %,d · refused %,d · %.1f s · %,.0f messages/s",
                        read,
                        recorded,
                        duplicates,
                        blocked,
                        refused,
                        took.toNanos() / 1e9,
                        messagesPerSecond())
                + (repeats == 0
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                "%n(%,d batches were sent again after the connection broke; what had arrived counts as duplicate)",
                                repeats));
    }
}
