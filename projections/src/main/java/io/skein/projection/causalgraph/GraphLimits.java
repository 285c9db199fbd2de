package io.skein.projection.causalgraph;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How large a network's graph may grow, and how often its shape is measured: {@code skein.causal-graph.*}.
 *
 * @param maxAgents nodes above which the least active are folded into one, 10 or more
 * @param maxEdges likewise for edges, 10 or more
 * @param measureEvery messages between two measurements at least; as many as there are nodes and edges where that is more
 */
@ConfigurationProperties(prefix = "skein.causal-graph", ignoreUnknownFields = false)
public record GraphLimits(
        @DefaultValue("1000000") int maxAgents,
        @DefaultValue("10000000") int maxEdges,
        @DefaultValue("500") long measureEvery) {
    public static final GraphLimits DEFAULT = new GraphLimits(1_000_000, 10_000_000, 500);

    private static final int LEAST = 10;

    public GraphLimits {
        require("max-agents", maxAgents, LEAST);
        require("max-edges", maxEdges, LEAST);
        require("measure-every", measureEvery, 1);
    }

    private static void require(String key, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "skein.causal-graph." + key + " is " + value + "; expected " + least + " or more");
        }
    }
}
