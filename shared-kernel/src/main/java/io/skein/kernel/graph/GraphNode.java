package io.skein.kernel.graph;

import io.skein.kernel.id.AgentId;

/**
 * An agent as node of the causal graph.
 *
 * @param sent messages it sent
 * @param received messages that named it as target
 * @param errors messages of its with outcome error or timeout
 * @param quarantined whether it is in quarantine
 * @param neighbours other agents it has an edge with
 * @param clustering share of the pairs of its neighbours that are neighbours themselves, 0 to 1
 * @param community agents with the same number talk mostly among themselves
 * @param folded it is no longer in the graph: whoever holds it lets it go
 * @param firstPosition log position of the event that made it
 * @param activePosition log position of the newest event about the agent itself
 * @param lastPosition log position of the newest event that changed the node
 */
public record GraphNode(
        AgentId agentId,
        long sent,
        long received,
        long errors,
        boolean quarantined,
        int neighbours,
        double clustering,
        int community,
        boolean folded,
        long firstPosition,
        long activePosition,
        long lastPosition) {

    /** The agent id of the node that stands for all that were folded into one. */
    public static final String FOLDED_AGENTS = "(folded)";

    /** The clustering of a node with so many neighbours and triangles. */
    public static double clustering(int neighbours, long triangles) {
        return neighbours < 2 ? 0 : 2.0 * triangles / ((double) neighbours * (neighbours - 1));
    }
}
