package io.skein.kernel.graph;

import io.skein.kernel.id.AgentId;

/**
 * Messages of one kind from one agent to another.
 *
 * @param messages how many, 1 or more
 * @param errors how many of them had outcome error or timeout
 * @param lastPosition log position of the newest message on it
 */
public record GraphEdge(
        AgentId source,
        AgentId target,
        Relationship relationship,
        long messages,
        long errors,
        long firstPosition,
        long lastPosition) {}
