package io.skein.query.graph;

import io.skein.kernel.graph.CausalGraph;
import io.skein.kernel.graph.FindGraph;
import io.skein.query.reading.ConsistentReads;
import io.skein.query.reading.ProjectionName;
import io.skein.query.reading.QueryAnswers;
import org.axonframework.queryhandling.QueryHandler;
import org.springframework.stereotype.Component;

@Component
final class GraphAnswers implements QueryAnswers {
    private final ConsistentReads reads;
    private final GraphReading graphs;

    GraphAnswers(ConsistentReads reads, GraphReading graphs) {
        this.reads = reads;
        this.graphs = graphs;
    }

    @QueryHandler
    CausalGraph answer(FindGraph query) {
        return reads.at(
                ProjectionName.CAUSAL_GRAPH, position -> graphs.read(query.networkId(), position, query.nodeLimit()));
    }
}
