package io.skein.kernel.metrics;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What happened in one window of recording time.
 *
 * @param start inclusive; the window is {@code windowSeconds} long
 * @param messages recorded or blocked in it
 * @param errors with outcome error or timeout
 * @param blocked of the messages, how many were blocked
 * @param throughput messages a second
 * @param errorRate errors by messages, 0 to 1; 0 where there are no messages
 * @param latencyCount answered requests whose response fell into the window
 * @param latencyP50Millis request → response by causation, on the senders' clocks; null where none was answered
 * @param lastPosition log position of the newest event in it
 */
public record MetricsWindow(
        Instant start,
        int windowSeconds,
        long messages,
        long requests,
        long responses,
        long broadcasts,
        long errors,
        long blocked,
        double throughput,
        double errorRate,
        long latencyCount,
        @Nullable Double latencyP50Millis,
        @Nullable Double latencyP95Millis,
        @Nullable Double latencyP99Millis,
        long lastPosition) {}
