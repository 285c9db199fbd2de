package io.skein.kernel.graph;

import io.skein.kernel.id.AgentId;
import java.util.List;

/**
 * Agents of which each reaches each over edges of the graph, as of the newest measurement.
 *
 * @param component its number in this measurement
 * @param size how many agents
 * @param agents at most 100 of them, the most important by PageRank first
 * @param measuredPosition log position of the measurement
 */
public record GraphComponent(int component, int size, List<AgentId> agents, long measuredPosition) {
    public GraphComponent {
        agents = List.copyOf(agents);
    }
}
