package io.skein.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jgrapht.Graph;
import org.jgrapht.alg.connectivity.KosarajuStrongConnectivityInspector;
import org.jgrapht.alg.cycle.JohnsonSimpleCycles;
import org.jgrapht.alg.scoring.BetweennessCentrality;
import org.jgrapht.alg.shortestpath.BFSShortestPath;
import org.jgrapht.graph.DefaultDirectedGraph;
import org.jgrapht.graph.DefaultEdge;
import org.junit.jupiter.api.Test;

/** What is computed on compact graphs is what JGraphT computes on its own. */
class AlgorithmsAgreeProperties {
    private static final long NO_LIMIT = Long.MAX_VALUE;

    private record Both(CompactGraph compact, Graph<Integer, DefaultEdge> peer) {
        static Both of(Random random, int vertices, int edges) {
            List<int[]> drawn = new ArrayList<>();
            for (int i = 0; i < edges; i++) {
                drawn.add(new int[] {random.nextInt(vertices), random.nextInt(vertices)});
            }
            Graph<Integer, DefaultEdge> peer = new DefaultDirectedGraph<>(DefaultEdge.class);
            IntStream.range(0, vertices).forEach(peer::addVertex);
            drawn.stream().filter(edge -> edge[0] != edge[1]).forEach(edge -> peer.addEdge(edge[0], edge[1]));
            return new Both(
                    CompactGraph.of(vertices, taken -> drawn.forEach(edge -> taken.accept(edge[0], edge[1]))), peer);
        }
    }

    @Property(tries = 300)
    void strongly_connected_components_are_the_peers(
            @ForAll Random random, @ForAll @IntRange(min = 1, max = 30) int vertices) {
        Both both = Both.of(random, vertices, random.nextInt(vertices * 3));
        Components components = Components.of(both.compact());
        Set<Set<Integer>> found = IntStream.range(0, vertices)
                .boxed()
                .collect(Collectors.groupingBy(components::of, Collectors.toSet()))
                .values()
                .stream()
                .collect(Collectors.toSet());
        assertThat(found)
                .isEqualTo(Set.copyOf(new KosarajuStrongConnectivityInspector<>(both.peer()).stronglyConnectedSets()));
        found.forEach(members -> assertThat(
                        components.size(components.of(members.iterator().next())))
                .isEqualTo(members.size()));
        assertThat(components.of(0)).isZero();
    }

    @Property(tries = 200)
    void betweenness_and_path_length_from_all_sources_are_the_peers(
            @ForAll Random random, @ForAll @IntRange(min = 3, max = 20) int vertices) {
        Both both = Both.of(random, vertices, random.nextInt(vertices * 3));
        ShortestPaths paths = ShortestPaths.of(both.compact(), NO_LIMIT, vertices);
        var peer = new BetweennessCentrality<>(both.peer(), true).getScores();
        for (int vertex = 0; vertex < vertices; vertex++) {
            assertThat(paths.betweenness(vertex).value()).isCloseTo(peer.get(vertex), within(1e-9));
            assertThat(paths.betweenness(vertex).error()).isZero();
        }
        double hops = 0;
        int pairs = 0;
        for (int from = 0; from < vertices; from++) {
            var ways = new BFSShortestPath<>(both.peer()).getPaths(from);
            for (int to = 0; to < vertices; to++) {
                if (to != from && ways.getPath(to) != null) {
                    hops += ways.getPath(to).getLength();
                    pairs++;
                }
            }
        }
        assertThat(paths.averageLength().value()).isCloseTo(pairs == 0 ? 0 : hops / pairs, within(1e-9));
    }

    @Property(tries = 200)
    void page_rank_is_the_peers_from_wherever_it_starts(
            @ForAll Random random, @ForAll @IntRange(min = 1, max = 30) int vertices) {
        Both both = Both.of(random, vertices, random.nextInt(vertices * 3));
        double[] warm = random.doubles(random.nextInt(vertices + 1)).toArray();
        double[] ranks = PageRank.of(both.compact(), warm, 1e-12, 1_000);
        var peer = new org.jgrapht.alg.scoring.PageRank<>(both.peer(), 0.85, 1_000, 1e-12).getScores();
        for (int vertex = 0; vertex < vertices; vertex++) {
            assertThat(ranks[vertex]).isCloseTo(peer.get(vertex), within(1e-6));
        }
        assertThat(Arrays.stream(ranks).sum()).isCloseTo(1, within(1e-9));
    }

    @Property(tries = 300)
    void cycles_are_the_peers_within_the_hops_however_they_are_cut_into_pages(
            @ForAll Random random,
            @ForAll @IntRange(min = 2, max = 8) int vertices,
            @ForAll @IntRange(min = 2, max = 8) int hops,
            @ForAll @IntRange(min = 1, max = 9) int limit) {
        Both both = Both.of(random, vertices, random.nextInt(vertices * 3));
        List<String> found = new ArrayList<>();
        int[] last = {};
        do {
            // A new search each time: all that a page knows of the one before is where that stopped.
            SimpleCycles.Found page = new SimpleCycles(both.compact(), hops).after(last, limit, () -> false);
            page.cycles().forEach(cycle -> found.add(Arrays.toString(cycle)));
            last = page.last();
        } while (last.length > 0);
        Set<String> expected = new TreeSet<>();
        for (List<Integer> cycle : new JohnsonSimpleCycles<>(both.peer()).findSimpleCycles()) {
            if (cycle.size() <= hops && cycle.size() > 1) {
                int smallest =
                        cycle.indexOf(cycle.stream().min(Integer::compare).orElseThrow());
                List<Integer> turned = new ArrayList<>(cycle.subList(smallest, cycle.size()));
                turned.addAll(cycle.subList(0, smallest));
                expected.add(turned.toString());
            }
        }
        assertThat(found).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void a_search_that_is_stopped_goes_on_where_it_was() {
        int vertices = 12;
        CompactGraph everybody = CompactGraph.of(vertices, edges -> {
            for (int i = 0; i < vertices * vertices; i++) {
                edges.accept(i / vertices, i % vertices);
            }
        });
        int expected = new SimpleCycles(everybody, 5)
                .after(new int[0], Integer.MAX_VALUE, () -> false)
                .cycles()
                .size();
        int found = 0;
        int calls = 0;
        int[] last = {};
        do {
            SimpleCycles.Found part = new SimpleCycles(everybody, 5).after(last, Integer.MAX_VALUE, () -> true);
            found += part.cycles().size();
            last = part.last();
            calls++;
        } while (last.length > 0);
        // 12·11/2 pairs, and (k-1)! ways round each set of k.
        assertThat(expected).isEqualTo(66 + 220 * 2 + 495 * 6 + 792 * 24);
        assertThat(found).isEqualTo(expected);
        assertThat(calls).isGreaterThan(3);
    }

    @Test
    void the_interval_around_a_sample_of_sources_holds_the_truth_nineteen_times_in_twenty() {
        int held = 0;
        int asked = 0;
        for (int seed = 0; seed < 60; seed++) {
            Both both = Both.of(new Random(seed), 300, 1_500);
            ShortestPaths all = ShortestPaths.of(both.compact(), NO_LIMIT, 300);
            ShortestPaths some = ShortestPaths.of(both.compact(), NO_LIMIT, 60);
            assertThat(some.pivots()).isEqualTo(60);
            double missed =
                    Math.abs(some.averageLength().value() - all.averageLength().value());
            asked++;
            held += missed <= some.averageLength().error() ? 1 : 0;
        }
        assertThat(held / (double) asked).isBetween(0.85, 1.0);
    }
}
