package io.skein.projection.causalgraph;

import io.skein.projection.engine.Fold;
import io.skein.projection.engine.Projection;
import java.sql.Connection;
import java.util.List;

/**
 * Tables {@code causal_node}, {@code causal_edge}, {@code causal_count}: who talks to whom.
 *
 * <p>A recorded message makes its sender and each of its targets a node and adds one to the edge of its kind from the sender to each target, once
 * however often a target is named; a message to oneself is an edge to oneself, a message to nobody only a node. A blocked message counts for its
 * sender's node and among the network's messages, and makes no edge and no target: it reached nobody. An agent that is quarantined is a node, so
 * that it can be marked; registration alone makes none.
 */
public final class GraphTopologyManager implements Projection {
    public static final String NAME = "causal-graph";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> tables() {
        return List.of("causal_node", "causal_edge", "causal_count");
    }

    @Override
    public Fold open(long after, Connection database) {
        return new GraphFold();
    }
}
