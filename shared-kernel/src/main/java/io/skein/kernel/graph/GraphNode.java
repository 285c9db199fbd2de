package io.skein.kernel.graph;

import io.skein.kernel.id.AgentId;

/**
 * An agent as node of the causal graph.
 *
 * @param sent messages it sent
 * @param received messages that named it as target
 * @param errors messages of its with outcome error or timeout
 * @param quarantined whether it is in quarantine
 * @param lastPosition log position of the newest event that changed the node
 */
public record GraphNode(
        AgentId agentId,
        long sent,
        long received,
        long errors,
        boolean quarantined,
        long firstPosition,
        long lastPosition) {}
