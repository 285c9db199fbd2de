package io.skein.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.skein.graph.NetworkGraph.Folded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class NetworkGraphProperties {
    private record Said(String source, String target, int kind) {}

    private static List<Said> talk(NetworkGraph graph, Random random, int agents, int messages) {
        List<Said> said = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            long position = i + 1;
            Said one = new Said("a" + random.nextInt(agents), "a" + random.nextInt(agents), random.nextInt(3));
            say(graph, one, random.nextInt(5) == 0, random.nextInt(1_000), position);
            if (random.nextInt(10) == 0) {
                graph.mark(graph.node("a" + random.nextInt(agents), position), random.nextBoolean(), position);
            }
            said.add(one);
        }
        return said;
    }

    private static void say(NetworkGraph graph, Said one, boolean error, int micros, long position) {
        int source = graph.node(one.source(), position);
        graph.sent(source, error);
        int target = graph.node(one.target(), position);
        graph.received(target);
        graph.delivers(source, 1);
        graph.latency(graph.message(source, target, one.kind(), error, 1, position), micros);
        graph.sweep(position);
    }

    @Property(tries = 200)
    void degrees_triangles_isolation_and_marks_are_a_recounts(
            @ForAll Random random,
            @ForAll @IntRange(min = 1, max = 12) int agents,
            @ForAll @IntRange(max = 60) int messages) {
        NetworkGraph graph = new NetworkGraph();
        talk(graph, random, agents, messages);
        Map<String, Set<String>> neighbours = new HashMap<>();
        for (int node = 0; node < graph.nodeCount(); node++) {
            neighbours.put(graph.agent(node), new HashSet<>());
        }
        for (int edge = 0; edge < graph.edgeCount(); edge++) {
            String source = graph.agent(graph.source(edge));
            String target = graph.agent(graph.target(edge));
            if (!source.equals(target)) {
                neighbours.getOrDefault(source, Set.of()).add(target);
                neighbours.getOrDefault(target, Set.of()).add(source);
            }
            assertThat(graph.isEdgeAffected(edge))
                    .isEqualTo(graph.isQuarantined(graph.source(edge)) || graph.isQuarantined(graph.target(edge)));
        }
        long isolated = 0;
        for (int node = 0; node < graph.nodeCount(); node++) {
            Set<String> around = neighbours.getOrDefault(graph.agent(node), Set.of());
            long triangles = around.stream()
                    .flatMap(one -> around.stream()
                            .filter(other -> one.compareTo(other) < 0
                                    && neighbours.getOrDefault(one, Set.of()).contains(other)))
                    .count();
            assertThat(graph.degree(node)).isEqualTo(around.size());
            assertThat(graph.triangles(node)).isEqualTo(triangles);
            isolated += around.isEmpty() ? 1 : 0;
        }
        assertThat(graph.isolatedCount()).isEqualTo(isolated);
    }

    @Property(tries = 200)
    void strength_is_the_decayed_share_of_the_sources_traffic(
            @ForAll Random random,
            @ForAll @IntRange(min = 1, max = 5) int agents,
            @ForAll @IntRange(min = 1, max = 400) int messages) {
        NetworkGraph graph = new NetworkGraph();
        List<Said> said = talk(graph, random, agents, messages);
        Said newest = said.getLast();
        double on = 0;
        double all = 0;
        int later = 0;
        for (Said one : said.reversed()) {
            if (one.source().equals(newest.source())) {
                double weight = Math.pow(0.5, later / 256.0);
                all += weight;
                on += one.equals(newest) ? weight : 0;
                later++;
            }
        }
        int edge = graph.findEdge(graph.find(newest.source()), graph.find(newest.target()), newest.kind());
        assertThat((double) graph.strength(edge)).isCloseTo(on / all, within(1e-6));
        for (int other = 0; other < graph.edgeCount(); other++) {
            assertThat(graph.strength(other)).isBetween(0f, 1f);
        }
    }

    @Test
    void the_targets_of_one_message_are_equally_strong_and_share_the_whole() {
        NetworkGraph graph = new NetworkGraph();
        int source = graph.node("a", 1);
        graph.delivers(source, 1_000);
        for (int i = 0; i < 1_000; i++) {
            graph.message(source, graph.node("b" + i, 1), 2, false, 1_000, 1);
        }
        for (int edge = 0; edge < 1_000; edge++) {
            assertThat((double) graph.strength(edge)).isCloseTo(0.001, within(1e-9));
        }
    }

    @Property(tries = 200)
    void a_graph_made_from_what_it_tells_goes_on_as_if_it_had_never_stopped(
            @ForAll Random random,
            @ForAll @IntRange(min = 1, max = 12) int agents,
            @ForAll @IntRange(max = 80) int messages) {
        NetworkGraph graph = new NetworkGraph();
        talk(graph, random, agents, messages);
        NetworkGraph restored = copy(graph);
        assertThat(restored.digest()).isEqualTo(graph.digest());
        long seed = random.nextLong();
        for (NetworkGraph one : List.of(graph, restored)) {
            one.forgetChanges();
            talk(one, new Random(seed), agents + 3, 40);
        }
        assertThat(restored.digest()).isEqualTo(graph.digest());
        assertThat(restored.changedEdges()).isEqualTo(graph.changedEdges());
        assertThat(restored.changedNodes()).isEqualTo(graph.changedNodes());
    }

    private static NetworkGraph copy(NetworkGraph graph) {
        NetworkGraph copy = new NetworkGraph();
        for (int node = 0; node < graph.nodeCount(); node++) {
            copy.restoreNode(graph.stateOf(node));
        }
        for (int edge = 0; edge < graph.edgeCount(); edge++) {
            copy.restoreEdge(graph.edgeStateOf(edge));
        }
        copy.restoreCounts(graph.messageCount(), graph.nextOrdinal(), graph.nextEdgeOrdinal());
        return copy;
    }

    @Property(tries = 200)
    void folding_keeps_every_count_and_whoever_was_active_last(
            @ForAll Random random,
            @ForAll @IntRange(min = 4, max = 20) int agents,
            @ForAll @IntRange(min = 1, max = 120) int messages) {
        NetworkGraph graph = new NetworkGraph();
        talk(graph, random, agents, messages);
        int keepNodes = 1 + random.nextInt(agents);
        int keepEdges = 1 + random.nextInt(messages);
        boolean coarse = random.nextBoolean();
        Folded folded = graph.fold(keepNodes, keepEdges, "(folded)", coarse, messages);
        NetworkGraph left = folded.graph();
        assertThat(left.nodeCount() + folded.agents().size()).isEqualTo(graph.nodeCount() + 1);
        assertThat(totals(left)).isEqualTo(totals(graph));
        Set<String> gone = new HashSet<>(folded.agents());
        long youngestGone = gone.stream()
                .mapToLong(agent -> graph.activePositionOfNode(graph.find(agent)))
                .max()
                .orElse(0);
        int unmarked = 0;
        for (int node = 0; node < left.nodeCount(); node++) {
            String agent = left.agent(node);
            assertThat(gone).doesNotContain(agent);
            assertThat(folded.kept()[node]).isEqualTo(graph.find(agent));
            if (!agent.equals("(folded)") && !left.isQuarantined(node) && left.activePositionOfNode(node) < messages) {
                assertThat(left.activePositionOfNode(node)).isGreaterThan(youngestGone);
                unmarked++;
            }
        }
        assertThat(unmarked).isLessThanOrEqualTo(keepNodes);
        assertThat(gone).noneMatch(agent -> graph.isQuarantined(graph.find(agent)));
        folded.edges()
                .forEach(edge -> assertThat(left.find(edge.source()) < 0
                                || left.find(edge.target()) < 0
                                || left.findEdge(left.find(edge.source()), left.find(edge.target()), edge.kind()) < 0)
                        .isTrue());
        // What is left goes on as any other, also from its rows.
        NetworkGraph restored = copy(left);
        assertThat(restored.digest()).isEqualTo(left.digest());
    }

    private static List<Long> totals(NetworkGraph graph) {
        long sent = 0;
        long received = 0;
        long errors = 0;
        for (int node = 0; node < graph.nodeCount(); node++) {
            sent += graph.sentBy(node);
            received += graph.receivedBy(node);
            errors += graph.errorsOf(node);
        }
        long messages = 0;
        long wrong = 0;
        for (int edge = 0; edge < graph.edgeCount(); edge++) {
            messages += graph.messagesOn(edge);
            wrong += graph.errorsOn(edge);
        }
        return List.of(sent, received, errors, messages, wrong, graph.messageCount());
    }

    @Property(tries = 200)
    void latency_quantiles_are_within_a_tenth_of_an_observed_time(
            @ForAll Random random, @ForAll @IntRange(min = 1, max = 300) int count) {
        NetworkGraph graph = new NetworkGraph();
        int node = graph.node("a", 1);
        int edge = graph.message(node, node, 0, false, 1, 1);
        long[] micros = random.longs(count, 0, 1L << random.nextInt(1, 36)).toArray();
        Arrays.stream(micros).forEach(one -> graph.latency(edge, one));
        Arrays.sort(micros);
        for (double share : new double[] {0, 0.5, 0.95, 0.99, 1}) {
            double exact = micros[Math.max(0, (int) Math.ceil(share * count) - 1)] / 1_000.0;
            assertThat(LatencySketch.millisAt(graph.latencies(edge), share)).isCloseTo(exact, within(exact * 0.0906));
        }
    }

    @Test
    void two_groups_that_hardly_talk_to_each_other_are_two_communities() {
        NetworkGraph graph = new NetworkGraph();
        Random random = new Random(1);
        for (int i = 0; i < 4_000; i++) {
            String group = random.nextBoolean() ? "left" : "right";
            String other = random.nextInt(50) == 0 ? "left" : group;
            say(graph, new Said(group + random.nextInt(8), other + random.nextInt(8), 0), false, 1, i + 1);
        }
        Set<Integer> left = new TreeSet<>();
        Set<Integer> right = new TreeSet<>();
        for (int node = 0; node < graph.nodeCount(); node++) {
            (graph.agent(node).startsWith("left") ? left : right).add(graph.community(node));
        }
        assertThat(left).hasSize(1);
        assertThat(right).hasSize(1).doesNotContainAnyElementsOf(left);
    }

    @Test
    void names_of_any_script_are_found_again_after_many_others() {
        NetworkGraph graph = new NetworkGraph();
        for (int i = 0; i < 70_000; i++) {
            assertThat(graph.node("агент-" + i + "-𝛼", i + 1)).isEqualTo(i);
        }
        assertThat(graph.find("агент-69999-𝛼")).isEqualTo(69_999);
        assertThat(graph.agent(31)).isEqualTo("агент-31-𝛼");
        assertThat(graph.find("агент")).isEqualTo(-1);
    }
}
