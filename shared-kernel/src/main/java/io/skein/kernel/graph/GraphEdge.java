package io.skein.kernel.graph;

import io.skein.kernel.id.AgentId;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one kind from one agent to another.
 *
 * @param messages how many, 1 or more
 * @param errors how many of them had outcome error or timeout
 * @param strength share of the source's traffic, 0 to 1, older messages counting half for every 256 later deliveries
 * @param errorRate errors of messages, 0 to 1
 * @param latencyP50Millis median time from a request to its first response, on the response's edge; null where none was timed; within 9.1 %
 * @param quarantineAffected an end of it is in quarantine: every path through that agent runs over two such edges
 * @param folded it is no longer in the graph: whoever holds it lets it go
 * @param activePosition log position of the newest message on it
 * @param lastPosition log position of the newest event that changed it
 */
public record GraphEdge(
        AgentId source,
        AgentId target,
        Relationship relationship,
        long messages,
        long errors,
        double strength,
        double errorRate,
        @Nullable Double latencyP50Millis,
        @Nullable Double latencyP95Millis,
        @Nullable Double latencyP99Millis,
        boolean quarantineAffected,
        boolean folded,
        long firstPosition,
        long activePosition,
        long lastPosition) {}
