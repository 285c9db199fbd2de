package io.skein.command.kafka;

import java.util.List;

/** Names of the topics; they outlive class names. */
public final class Topics {
    public static final String RAW = "agent-messages-raw";
    public static final String DECISIONS = "agent-decisions-processed";
    public static final String ALERTS = "system-alerts";
    public static final String GRAPH_UPDATES = "causal-graph-updates";
    public static final String METRICS = "analytics-metrics";
    public static final String EVENTS = "agent-events";
    public static final String DEAD_LETTERS = "agent-messages-dlq";

    static final List<String> ALL = List.of(RAW, DECISIONS, ALERTS, GRAPH_UPDATES, METRICS, EVENTS, DEAD_LETTERS);

    private Topics() {}
}
