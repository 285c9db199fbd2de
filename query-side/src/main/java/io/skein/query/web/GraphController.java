package io.skein.query.web;

import io.skein.kernel.graph.CausalGraph;
import io.skein.kernel.graph.Cycles;
import io.skein.kernel.graph.FindCycles;
import io.skein.kernel.graph.FindGraph;
import io.skein.kernel.graph.FindGraphMetrics;
import io.skein.kernel.graph.GraphComponent;
import io.skein.kernel.graph.ListComponents;
import io.skein.kernel.graph.MeasuredGraph;
import io.skein.kernel.graph.Relationship;
import io.skein.kernel.page.Page;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Graph")
class GraphController {
    private final Ask ask;

    GraphController(Ask ask) {
        this.ask = ask;
    }

    @GetMapping("/v1/graph")
    @Operation(summary = "The busiest nodes of a network and the edges between them")
    CausalGraph graph(
            @RequestParam(defaultValue = "default") String network,
            @RequestParam(defaultValue = "" + FindGraph.DEFAULT_NODE_LIMIT) int nodes) {
        return ask.of(
                new FindGraph(Asked.network(network), Asked.between("nodes", nodes, 1, FindGraph.MAX_NODE_LIMIT)),
                CausalGraph.class);
    }

    @GetMapping("/v1/graph/metrics")
    @Operation(summary = "The shape of a network's graph and its most important agents")
    MeasuredGraph metrics(
            @RequestParam(defaultValue = "default") String network, @RequestParam(defaultValue = "10") int limit) {
        return ask.of(new FindGraphMetrics(Asked.network(network), Asked.limit(limit)), MeasuredGraph.class);
    }

    @GetMapping("/v1/graph/components")
    @Operation(summary = "Sets of agents of which each reaches each, the largest first")
    Page<GraphComponent> components(
            @RequestParam(defaultValue = "default") String network,
            @RequestParam(defaultValue = "" + Page.DEFAULT_LIMIT) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        return ask.of(new ListComponents(Asked.network(network), Asked.limit(limit), cursor), Page.class);
    }

    @GetMapping("/v1/graph/cycles")
    @Operation(summary = "Ways round inside one component, searched now, for two seconds at most")
    Cycles cycles(
            @RequestParam(defaultValue = "default") String network,
            @RequestParam int component,
            @RequestParam(defaultValue = "6") int hops,
            @RequestParam(defaultValue = "" + Page.DEFAULT_LIMIT) int limit,
            @RequestParam(required = false) @Nullable String relationship,
            @RequestParam(required = false) @Nullable String cursor) {
        return ask.of(
                new FindCycles(
                        Asked.network(network),
                        Asked.between("component", component, 0, Integer.MAX_VALUE),
                        Asked.between("hops", hops, FindCycles.LEAST_HOPS, FindCycles.MOST_HOPS),
                        Asked.limit(limit),
                        Asked.word("relationship", relationship, Relationship.class),
                        cursor),
                Cycles.class);
    }
}
