package io.skein.query.graph;

import io.skein.kernel.graph.CausalGraph;
import io.skein.kernel.graph.Cycles;
import io.skein.kernel.graph.FindCycles;
import io.skein.kernel.graph.FindGraph;
import io.skein.kernel.graph.FindGraphMetrics;
import io.skein.kernel.graph.GraphComponent;
import io.skein.kernel.graph.ListComponents;
import io.skein.kernel.graph.MeasuredGraph;
import io.skein.kernel.page.Page;
import io.skein.query.reading.ConsistentReads;
import io.skein.query.reading.ProjectionName;
import io.skein.query.reading.QueryAnswers;
import org.axonframework.queryhandling.QueryHandler;
import org.springframework.stereotype.Component;

@Component
final class GraphAnswers implements QueryAnswers {
    private final ConsistentReads reads;
    private final GraphReading graphs;
    private final GraphRows rows;
    private final RankRows ranks;
    private final CycleSearch cycles;

    GraphAnswers(ConsistentReads reads, GraphReading graphs, GraphRows rows, RankRows ranks, CycleSearch cycles) {
        this.reads = reads;
        this.graphs = graphs;
        this.rows = rows;
        this.ranks = ranks;
        this.cycles = cycles;
    }

    @QueryHandler
    CausalGraph answer(FindGraph query) {
        return reads.at(
                ProjectionName.CAUSAL_GRAPH, position -> graphs.read(query.networkId(), position, query.nodeLimit()));
    }

    @QueryHandler
    MeasuredGraph answer(FindGraphMetrics query) {
        return reads.at(
                ProjectionName.CAUSAL_GRAPH,
                position -> new MeasuredGraph(
                        query.networkId(),
                        position,
                        rows.counts(query.networkId()).shape(),
                        ranks.byPageRank(query.networkId(), query.limit()),
                        ranks.byBetweenness(query.networkId(), query.limit())));
    }

    @QueryHandler
    Page<GraphComponent> answer(ListComponents query) {
        return reads.at(
                ProjectionName.CAUSAL_GRAPH,
                position -> ranks.components(query.networkId(), position, query.limit(), query.cursor()));
    }

    @QueryHandler
    Cycles answer(FindCycles query) {
        // Read in one moment, searched outside of it: a search may take a while, a transaction should not.
        CycleSearch.Component component =
                reads.at(ProjectionName.CAUSAL_GRAPH, position -> cycles.read(query, position));
        return cycles.search(query, component);
    }
}
