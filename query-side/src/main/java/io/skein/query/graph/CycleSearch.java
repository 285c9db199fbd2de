package io.skein.query.graph;

import io.skein.graph.CompactGraph;
import io.skein.graph.SimpleCycles;
import io.skein.kernel.graph.Cycles;
import io.skein.kernel.graph.FindCycles;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import io.skein.query.graph.RankRows.Pair;
import io.skein.query.reading.Cursor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Looks for cycles inside one component for a bounded time; a cursor names the path it stood on, so that it goes on there even if the graph grew. */
@org.springframework.stereotype.Component
final class CycleSearch {
    /** Agents and pairs of agents of a component that is searched at most. */
    private static final int MOST_AGENTS = 50_000;

    private static final int MOST_PAIRS = 500_000;
    private static final long SEARCHED_NANOS = Duration.ofSeconds(2).toNanos();
    private static final String KIND = "cycles";
    // Ids have no control characters.
    private static final String SEPARATOR = "\n";
    private static final Comparator<byte[]> BYTE_ORDER = Arrays::compareUnsigned;

    private final RankRows ranks;

    CycleSearch(RankRows ranks) {
        this.ranks = ranks;
    }

    /** A component as it stands at a position, its agents in order. */
    record Component(long position, String[] agents, List<Pair> pairs, String[] after) {}

    Component read(FindCycles query, long position) {
        String[] after = query.cursor() == null
                ? new String[0]
                : Cursor.key(KIND, query.cursor(), text -> text.split(SEPARATOR, -1));
        // Numbers of components hold for one measurement; an agent's name holds longer.
        int component = after.length == 0 ? query.component() : ranks.componentOf(query.networkId(), after[0]);
        String[] agents =
                ranks.agents(query.networkId(), component, MOST_AGENTS + 1).toArray(String[]::new);
        if (agents.length == 0) {
            throw new RefusedException(new Refusal(
                    Reason.NOT_FOUND,
                    "component",
                    "there is no component " + query.component() + " in " + query.networkId()
                            + "; expected one that /v1/graph/components lists"));
        }
        List<Pair> pairs = ranks.pairs(query.networkId(), component, query.relationship(), MOST_PAIRS + 1);
        if (agents.length > MOST_AGENTS || pairs.size() > MOST_PAIRS) {
            throw new RefusedException(new Refusal(
                    Reason.TOO_LARGE,
                    "component",
                    "component " + component + " has more than " + MOST_AGENTS + " agents or " + MOST_PAIRS
                            + " pairs of them; expected a smaller one, or one relationship"));
        }
        return new Component(position, agents, pairs, after);
    }

    Cycles search(FindCycles query, Component component) {
        String[] agents = component.agents();
        byte[][] keys = Arrays.stream(agents).map(CycleSearch::key).toArray(byte[][]::new);
        int[][] edges = component.pairs().stream()
                .map(pair -> new int[] {index(keys, pair.source()), index(keys, pair.target())})
                .toArray(int[][]::new);
        CompactGraph graph = CompactGraph.of(agents.length, taken -> {
            for (int[] edge : edges) {
                taken.accept(edge[0], edge[1]);
            }
        });
        int[] after = resumed(keys, component.after());
        long began = System.nanoTime();
        boolean[] late = {false};
        SimpleCycles.Found found = new SimpleCycles(graph, query.hops()).after(after, query.limit(), () -> {
            late[0] = System.nanoTime() - began > SEARCHED_NANOS;
            return late[0];
        });
        return new Cycles(
                component.position(),
                agents.length,
                graph.edges(),
                found.cycles().stream()
                        .map(cycle -> Arrays.stream(cycle)
                                .mapToObj(agent -> new AgentId(agents[agent]))
                                .toList())
                        .toList(),
                late[0],
                next(found, agents));
    }

    private static @Nullable String next(SimpleCycles.Found found, String[] agents) {
        return found.isComplete()
                ? null
                : Cursor.of(
                        KIND,
                        Arrays.stream(found.last())
                                .mapToObj(agent -> agents[agent])
                                .collect(Collectors.joining(SEPARATOR)));
    }

    // An agent that is gone leaves its place: the search goes on with whoever comes behind it.
    private static int[] resumed(byte[][] keys, String[] after) {
        int[] path = new int[after.length];
        for (int i = 0; i < after.length; i++) {
            int found = Arrays.binarySearch(keys, key(after[i]), BYTE_ORDER);
            if (found < 0) {
                path[i] = -found - 1;
                return i == 0 ? new int[] {path[0]} : Arrays.copyOf(path, i);
            }
            path[i] = found;
        }
        return path;
    }

    private static int index(byte[][] keys, String agent) {
        return Arrays.binarySearch(keys, key(agent), BYTE_ORDER);
    }

    private static byte[] key(String agent) {
        return agent.getBytes(StandardCharsets.UTF_8);
    }
}
