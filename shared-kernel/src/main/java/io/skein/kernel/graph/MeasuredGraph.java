package io.skein.kernel.graph;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.NetworkId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A graph's shape and its most important agents.
 *
 * @param position up to where the projection is; {@code metrics} has the position at which it was measured
 * @param metrics null before it is measured for the first time
 */
public record MeasuredGraph(
        NetworkId networkId,
        long position,
        @Nullable GraphShape metrics,
        List<Rank> byPageRank,
        List<Rank> byBetweenness) {
    public MeasuredGraph {
        byPageRank = List.copyOf(byPageRank);
        byBetweenness = List.copyOf(byBetweenness);
    }

    /**
     * Where an agent stands.
     *
     * @param component number of its strongly connected component in this measurement
     * @param pageRank where one who follows edges at random is found, 0 to 1; all agents' sum to 1
     * @param betweenness share of the shortest paths between others that run over it, 0 to 1
     * @param betweennessError half the width of its 95 % interval; 0 where all was counted, null where too little was to say
     */
    public record Rank(
            AgentId agentId,
            int component,
            int componentSize,
            double pageRank,
            double betweenness,
            @Nullable Double betweennessError) {}
}
