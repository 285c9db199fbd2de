package io.skein.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.eventlog.KernelJson;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Every real conversation goes the whole way, is counted right, and once. */
class RealConversationsTest {
    private static final int BATCH = 500;

    @ParameterizedTest
    @ValueSource(strings = {"whowhen", "mast", "avalon", "nezha", "diplomacy"})
    void every_message_is_recorded_once_and_all_counts_equal_the_files(String set) throws Exception {
        String network = "real-" + set;
        List<String> lines = RealConversations.lines(set, network);
        RealConversations.Truth truth = RealConversations.count(lines);
        RunningSkein skein = RunningSkein.shared();

        assertThat(send(skein, lines))
                .containsEntry("recorded", truth.messages())
                .containsEntry("refused", 0L);
        skein.awaitCaughtUp();
        assertEqualToTruth(skein, network, truth);

        assertThat(send(skein, lines))
                .containsEntry("duplicates", truth.messages())
                .containsEntry("recorded", 0L);
        skein.awaitCaughtUp();
        assertEqualToTruth(skein, network, truth);

        assertThat(skein.all("/v1/alerts?pattern=routing_loop&network=" + network))
                .as("routing loops raised on %s, where people and agents only take turns", set)
                .isEmpty();
    }

    private static void assertEqualToTruth(RunningSkein skein, String network, RealConversations.Truth truth)
            throws Exception {
        JsonNode graph = skein.get("/v1/graph?nodes=10000&network=" + network);
        Map<String, Long> edges = new TreeMap<>();
        graph.path("edges")
                .forEach(edge -> edges.put(
                        RealConversations.edge(
                                edge.path("source").asString(),
                                edge.path("target").asString(),
                                edge.path("relationship").asString()),
                        edge.path("messages").asLong()));
        assertThat(edges).isEqualTo(truth.edges());
        assertThat(StreamSupport.stream(graph.path("nodes").spliterator(), false)
                        .map(node -> node.path("agentId").asString())
                        .collect(Collectors.toSet()))
                .isEqualTo(truth.agents());
        assertThat(graph.path("messageCount").asLong()).isEqualTo(truth.messages());
        assertThat(graph.path("nodeCount").asLong()).isEqualTo(truth.agents().size());
        assertThat(graph.path("edgeCount").asLong()).isEqualTo(truth.edges().size());

        List<JsonNode> agents = skein.all("/v1/agents?limit=1000&network=" + network);
        assertThat(agents).hasSize(truth.agents().size());
        assertThat(agents.stream()
                        .mapToLong(agent -> agent.path("sent").asLong())
                        .sum())
                .isEqualTo(truth.messages());
        assertThat(skein.all("/v1/audit?limit=1000&type=MessageRecorded&network=" + network))
                .hasSize((int) truth.messages());
        assertThat(StreamSupport.stream(
                                skein.get("/v1/metrics?window=1h&network=" + network)
                                        .path("items")
                                        .spliterator(),
                                false)
                        .mapToLong(window -> window.path("messages").asLong())
                        .sum())
                .isEqualTo(truth.messages());
    }

    private static Map<String, Long> send(RunningSkein skein, List<String> lines) throws Exception {
        Map<String, Long> sums = new TreeMap<>();
        for (int from = 0; from < lines.size(); from += BATCH) {
            String body = String.join("\n", lines.subList(from, Math.min(from + BATCH, lines.size())));
            JsonNode answer = KernelJson.mapper()
                    .readTree(skein.post("/v1/messages", "application/x-ndjson", body)
                            .body());
            for (String count : List.of("recorded", "duplicates", "blocked", "refused")) {
                sums.merge(count, answer.path(count).asLong(), Long::sum);
            }
        }
        return sums;
    }
}
