package io.skein.projection.causalgraph;

/**
 * How large a network's graph may grow, and how often its shape is measured.
 *
 * @param maxNodes above which the least active are folded into one, 10 or more
 * @param maxEdges likewise, 10 or more
 * @param snapshotEvery messages between two measurements at least; as many as there are nodes and edges where that is more
 */
public record GraphLimits(int maxNodes, int maxEdges, long snapshotEvery) {
    public static final GraphLimits DEFAULT = new GraphLimits(1_000_000, 10_000_000, 500);

    public GraphLimits {
        if (maxNodes < 10 || maxEdges < 10 || snapshotEvery < 1) {
            throw new IllegalArgumentException("graph limits are " + maxNodes + " nodes, " + maxEdges
                    + " edges, a snapshot every " + snapshotEvery + " messages; expected at least 10, 10 and 1");
        }
    }
}
