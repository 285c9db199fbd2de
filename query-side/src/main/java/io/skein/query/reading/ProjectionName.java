package io.skein.query.reading;

/** Stable names of the projections whose tables are read here; they outlive class names. */
public final class ProjectionName {
    public static final String AGENTS = "agents";
    public static final String CAUSAL_GRAPH = "causal-graph";
    public static final String ALERTS = "alerts";
    public static final String METRICS = "metrics";
    public static final String AUDIT = "audit";
    public static final String POLICY = "policy";
    public static final String INTERVENTIONS = "interventions";

    private ProjectionName() {}
}
