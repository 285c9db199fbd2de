package io.skein.projection.metrics;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/** A distribution of times: microseconds up to a day, longer ones as a day, each within one part in a thousand. */
final class Latencies {
    private static final int DIGITS = 3;
    private static final long MAX_MICROS = Duration.ofDays(1).toNanos() / 1_000;
    private static final double MICROS_PER_MILLI = 1_000;

    private final Histogram histogram;

    Latencies() {
        this(new Histogram(DIGITS));
    }

    private Latencies(Histogram histogram) {
        this.histogram = histogram;
    }

    static Latencies of(byte[] bytes) {
        try {
            Histogram stored = Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(bytes), 0);
            stored.setAutoResize(true);
            return new Latencies(stored);
        } catch (DataFormatException broken) {
            throw new IllegalStateException("a stored histogram of " + bytes.length + " bytes cannot be read", broken);
        }
    }

    /** @param latency 0 or more */
    void record(Duration latency) {
        long micros = latency.compareTo(Duration.ofDays(1)) >= 0 ? MAX_MICROS : latency.toNanos() / 1_000;
        histogram.recordValue(micros);
    }

    void add(Latencies other) {
        histogram.add(other.histogram);
    }

    long count() {
        return histogram.getTotalCount();
    }

    double millisAt(double percentile) {
        return histogram.getValueAtPercentile(percentile) / MICROS_PER_MILLI;
    }

    /** The same for the same times, in whatever order and portions they came. */
    byte[] toBytes() {
        // A histogram that grew remembers how far it grew; one made to measure does not.
        Histogram measured = new Histogram(1, Math.max(2, histogram.getMaxValue()), DIGITS);
        measured.add(histogram);
        ByteBuffer buffer = ByteBuffer.allocate(measured.getNeededByteBufferCapacity());
        int length = measured.encodeIntoCompressedByteBuffer(buffer);
        return Arrays.copyOf(buffer.array(), length);
    }
}
