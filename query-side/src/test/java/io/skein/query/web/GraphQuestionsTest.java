package io.skein.query.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.query.Projected;
import io.skein.query.RunningQuerySide;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class GraphQuestionsTest {
    private static final RunningQuerySide SIDE = RunningQuerySide.shared();
    private static final String NETWORK = "shaped";

    // Five agents of whom each asks each, and a pair apart from them; "Z" comes before "a" by its byte, not in every
    // alphabet.
    @BeforeAll
    static void rows() {
        Projected projected = SIDE.projected();
        List<String> five = List.of("Z", "a", "b", "c", "ö");
        projected.batch("causal-graph", before -> {
            for (String one : five) {
                for (String other : five) {
                    projected.message(NETWORK, one, other, "request", before + 1);
                }
                rank(projected, one, 0, 5, 0.17, 0, before + 1);
            }
            projected.message(NETWORK, "x", "y", "request", before + 1);
            projected.message(NETWORK, "y", "x", "response", before + 1);
            rank(projected, "x", 1, 2, 0.05, 0.2, before + 1);
            rank(projected, "y", 1, 2, 0.1, 0.1, before + 1);
            projected.jdbc().sql("""
                            update causal_edge set strength = 0.25, latency_p50_millis = 12.5, errors = 1, messages = 4,
                                quarantine_affected = true, active_position = 1 where network_id = 'shaped' and source = 'y'""").update();
            projected.jdbc().sql("""
                            update causal_node set community = 7, neighbours = 4, triangles = 3 where network_id = 'shaped' and agent_id = 'a'""").update();
            projected.jdbc().sql("""
                            insert into graph_metrics (network_id, messages, nodes, edges, isolated, stale, components, cyclic_components,
                                largest_component, communities, clustering, clustering_skips, path_length, path_length_error, pivots,
                                last_position)
                            values ('shaped', 27, 7, 27, 0, 1, 2, 2, 5, 3, 0.9, 0, 1.5, null, 1, :position)""").param("position", before + 1).update();
            return before + 1;
        });
    }

    private static void rank(
            Projected projected,
            String agent,
            int component,
            int size,
            double pageRank,
            double between,
            long position) {
        projected
                .jdbc()
                .sql("""
                        insert into causal_rank (network_id, agent_id, component, component_size, page_rank, betweenness, last_position)
                        values ('shaped', :agent, :component, :size, :rank, :between, :position)""")
                .param("agent", agent)
                .param("component", component)
                .param("size", size)
                .param("rank", pageRank)
                .param("between", between)
                .param("position", position)
                .update();
    }

    @Test
    void a_graph_tells_strength_errors_latency_community_and_marks() {
        JsonNode graph = SIDE.json("/v1/graph?network=shaped");

        JsonNode answer = graph.get("edges")
                .valueStream()
                .filter(edge -> edge.get("source").asString().equals("y"))
                .findFirst()
                .orElseThrow();
        assertThat(answer.get("strength").asDouble()).isEqualTo(0.25);
        assertThat(answer.get("errorRate").asDouble()).isEqualTo(0.25);
        assertThat(answer.get("latencyP50Millis").asDouble()).isEqualTo(12.5);
        assertThat(answer.get("quarantineAffected").asBoolean()).isTrue();
        JsonNode node = graph.get("nodes")
                .valueStream()
                .filter(one -> one.get("agentId").asString().equals("a"))
                .findFirst()
                .orElseThrow();
        assertThat(node.get("community").asInt()).isEqualTo(7);
        assertThat(node.get("clustering").asDouble()).isEqualTo(0.5);
        assertThat(graph.get("metrics").get("largestComponent").asInt()).isEqualTo(5);
    }

    @Test
    void who_was_folded_is_no_longer_in_the_graph() {
        Projected projected = SIDE.projected();
        projected.event("causal-graph", position -> {
            projected.message("folding", "old", "young", "request", position);
            projected
                    .jdbc()
                    .sql("update causal_node set folded = true where network_id = 'folding' and agent_id = 'old'")
                    .update();
            projected
                    .jdbc()
                    .sql("update causal_edge set folded = true where network_id = 'folding'")
                    .update();
            projected
                    .jdbc()
                    .sql("update causal_count set nodes = 1, edges = 0, folded_nodes = 1 where network_id = 'folding'")
                    .update();
        });
        JsonNode graph = SIDE.json("/v1/graph?network=folding");
        assertThat(graph.get("nodes")
                        .valueStream()
                        .map(node -> node.get("agentId").asString()))
                .containsExactly("young");
        assertThat(graph.get("edges").size()).isZero();
        assertThat(graph.get("foldedCount").asInt()).isEqualTo(1);
        assertThat(graph.get("truncated").asBoolean()).isFalse();
    }

    @Test
    void metrics_are_the_shape_and_the_most_important_agents() {
        JsonNode metrics = SIDE.json("/v1/graph/metrics?network=shaped&limit=1");

        assertThat(metrics.get("metrics").get("components").asInt()).isEqualTo(2);
        assertThat(metrics.get("metrics").hasNonNull("pathLengthError")).isFalse();
        assertThat(metrics.get("byPageRank").get(0).get("agentId").asString()).isIn("Z", "a", "b", "c", "ö");
        assertThat(metrics.get("byBetweenness").size()).isEqualTo(1);
        assertThat(metrics.get("byBetweenness").get(0).get("agentId").asString())
                .isEqualTo("x");
        assertThat(SIDE.json("/v1/graph/metrics?network=silent").hasNonNull("metrics"))
                .isFalse();
    }

    @Test
    void components_come_largest_first_page_by_page() {
        JsonNode first = SIDE.json("/v1/graph/components?network=shaped&limit=1");
        JsonNode second = SIDE.json("/v1/graph/components?network=shaped&limit=1&cursor="
                + first.get("next").asString());

        assertThat(first.get("items").get(0).get("size").asInt()).isEqualTo(5);
        assertThat(second.get("items").get(0).get("agents").valueStream().map(JsonNode::asString))
                .containsExactly("y", "x");
        assertThat(second.hasNonNull("next")).isFalse();
    }

    @Test
    void pages_of_cycles_to_the_end_are_each_way_round_once() {
        List<String> found = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = SIDE.json("/v1/graph/cycles?network=shaped&component=0&hops=4&limit=7" + cursor);
            page.get("items").forEach(cycle -> found.add(cycle.toString()));
            assertThat(page.get("agents").asInt()).isEqualTo(5);
            cursor = !page.hasNonNull("next")
                    ? ""
                    : "&cursor=" + page.get("next").asString();
        } while (!cursor.isEmpty());

        // 10 pairs, 10 triples two ways round, 5 fours six ways round.
        assertThat(found).hasSize(10 + 20 + 30).doesNotHaveDuplicates().contains("[\"Z\",\"a\"]");
        assertThat(found).noneMatch(cycle -> cycle.contains("x"));
    }

    @Test
    void cycles_of_one_relationship_leave_out_the_others() {
        assertThat(SIDE.json("/v1/graph/cycles?network=shaped&component=1")
                        .get("items")
                        .size())
                .isEqualTo(1);
        assertThat(SIDE.json("/v1/graph/cycles?network=shaped&component=1&relationship=request")
                        .get("items")
                        .size())
                .isZero();
    }

    @Test
    void what_cannot_be_asked_says_why() {
        assertThat(SIDE.get("/v1/graph/cycles?network=shaped&component=9").statusCode())
                .isEqualTo(404);
        assertThat(SIDE.get("/v1/graph/cycles?network=shaped&component=0&hops=13")
                        .body())
                .contains("expected 2 to 12");
        assertThat(SIDE.get("/v1/graph/cycles?network=shaped&component=0&cursor=bm9uc2Vuc2U")
                        .statusCode())
                .isEqualTo(400);
    }
}
