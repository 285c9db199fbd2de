package io.skein.query.web;

import io.skein.kernel.graph.CausalGraph;
import io.skein.kernel.graph.FindGraph;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
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
}
