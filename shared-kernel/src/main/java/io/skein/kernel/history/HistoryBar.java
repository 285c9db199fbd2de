package io.skein.kernel.history;

import java.time.Instant;
import java.util.Map;

/**
 * How many events were recorded in a stretch of time.
 *
 * @param start inclusive
 * @param events by event type, only those that there were
 */
public record HistoryBar(Instant start, long count, Map<String, Long> events) {}
