package io.skein.projection.metrics;

import io.skein.projection.engine.Fold;
import io.skein.projection.engine.Projection;
import java.sql.Connection;
import java.util.List;

/**
 * Table {@code metrics_window}: windows of 1 s, 10 s, 1 min and 1 h by time of recording.
 *
 * <p>Latency is the time from a recorded request to a recorded response that names it as its cause, both on their senders' clocks, and falls into
 * the response's window; it counts only where the request stands before the response in the log, so that a rebuild finds the same, and only where
 * it is not negative. Quantiles are those of an HdrHistogram in microseconds with three significant digits.
 */
public final class MetricsAggregator implements Projection {
    public static final String NAME = "metrics";

    /** How many requests are remembered, so that the log need not be asked for the cause of most responses. */
    static final int REMEMBERED_REQUESTS = 100_000;

    private final Causes causes;

    /** @param log answers what a cause was */
    public MetricsAggregator(io.skein.eventlog.LogPages log, io.skein.eventlog.LogReader reader) {
        this.causes = new Causes(log, reader, REMEMBERED_REQUESTS);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> tables() {
        return List.of("metrics_window");
    }

    @Override
    public Fold open(long after, Connection database) {
        return new MetricsFold(causes);
    }
}
