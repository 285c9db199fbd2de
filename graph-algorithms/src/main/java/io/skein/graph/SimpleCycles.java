package io.skein.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Cycles that meet no vertex twice, each once, told from its smallest vertex, in lexicographic order; any number may be asked for and the search taken up
 * again where it stopped.
 *
 * <p>From each root a depth-first search without recursion among the vertices that are not smaller, as Johnson's (1975), with a bound on hops: a step
 * is taken only where the way back to the root, found by one breadth-first search backwards, is still short enough.
 */
public final class SimpleCycles {
    private final CompactGraph graph;
    private final CompactGraph reversed;
    private final int mostHops;
    private final int[] wayBack;
    private final int[] measured;
    private final boolean[] onPath;
    private final int[] path;
    private final int[] nextEdge;
    // The newest path that grew: where to go on, while the search may have drawn back from it already.
    private final int[] visited;
    private int visitedDepth;
    private int depth;
    private int measuredCount;

    /** @param mostHops edges of a cycle at most, 2 or more */
    public SimpleCycles(CompactGraph graph, int mostHops) {
        this.graph = graph;
        this.reversed = graph.reversed();
        this.mostHops = mostHops;
        this.wayBack = new int[graph.vertices()];
        this.measured = new int[graph.vertices()];
        this.onPath = new boolean[graph.vertices()];
        this.path = new int[mostHops];
        this.nextEdge = new int[mostHops];
        this.visited = new int[mostHops];
        Arrays.fill(wayBack, Integer.MAX_VALUE);
    }

    /**
     * What was found.
     *
     * @param cycles each as its vertices in order, from the smallest
     * @param last where the search stopped, for the next call; empty where all was searched
     */
    public record Found(List<int[]> cycles, int[] last) {
        /** Whether there is nothing more to find. */
        public boolean isComplete() {
            return last.length == 0;
        }
    }

    /**
     * The next cycles.
     *
     * @param after {@code last} of the call before, or empty; need not be a path of this graph: the search goes on behind where it would be
     * @param limit most cycles, 1 or more
     * @param stop asked now and then; true ends the search early
     */
    public Found after(int[] after, int limit, BooleanSupplier stop) {
        List<int[]> cycles = new ArrayList<>();
        int root = 0;
        if (after.length > 0) {
            root = after[0];
            resume(after);
        }
        int steps = 0;
        while (root < graph.vertices()) {
            if (depth == 0) {
                begin(root);
            }
            while (depth > 0) {
                if (step() && graph.hasEdge(path[depth - 1], root)) {
                    cycles.add(Arrays.copyOf(path, depth));
                }
                if (cycles.size() == limit || ((++steps & 0xFFF) == 0 && stop.getAsBoolean())) {
                    return new Found(cycles, Arrays.copyOf(visited, visitedDepth));
                }
            }
            forgetWays();
            root++;
        }
        return new Found(cycles, new int[0]);
    }

    private void begin(int root) {
        measure(root);
        push(root);
    }

    // Hops from each vertex back to the root, over vertices that are not smaller, as far as a cycle may reach.
    private void measure(int root) {
        wayBack[root] = 0;
        measured[0] = root;
        measuredCount = 1;
        for (int i = 0; i < measuredCount; i++) {
            int vertex = measured[i];
            if (wayBack[vertex] == mostHops - 1) {
                break;
            }
            for (int edge = reversed.start(vertex); edge < reversed.end(vertex); edge++) {
                int before = reversed.target(edge);
                if (before > root && wayBack[before] == Integer.MAX_VALUE) {
                    wayBack[before] = wayBack[vertex] + 1;
                    measured[measuredCount++] = before;
                }
            }
        }
    }

    private void forgetWays() {
        for (int i = 0; i < measuredCount; i++) {
            wayBack[measured[i]] = Integer.MAX_VALUE;
        }
        measuredCount = 0;
    }

    private void push(int vertex) {
        path[depth] = vertex;
        nextEdge[depth] = graph.start(vertex);
        onPath[vertex] = true;
        depth++;
        System.arraycopy(path, 0, visited, 0, depth);
        visitedDepth = depth;
    }

    /** One edge on; whether the path grew. */
    private boolean step() {
        int vertex = path[depth - 1];
        if (nextEdge[depth - 1] >= graph.end(vertex)) {
            depth--;
            onPath[vertex] = false;
            return false;
        }
        int target = graph.target(nextEdge[depth - 1]++);
        if (!canFollow(target)) {
            return false;
        }
        push(target);
        return true;
    }

    private boolean canFollow(int target) {
        return target > path[0]
                && !onPath[target]
                && depth < mostHops
                && wayBack[target] != Integer.MAX_VALUE
                && depth + wayBack[target] <= mostHops;
    }

    // Each vertex of the old path that can still be followed is; behind the first that cannot, the search goes on with
    // the next larger one.
    private void resume(int[] after) {
        depth = 0;
        Arrays.fill(onPath, false);
        forgetWays();
        if (after[0] >= graph.vertices()) {
            return;
        }
        begin(after[0]);
        for (int i = 1; i < after.length; i++) {
            int vertex = path[depth - 1];
            int edge = graph.start(vertex);
            while (edge < graph.end(vertex) && graph.target(edge) < after[i]) {
                edge++;
            }
            nextEdge[depth - 1] = edge;
            if (edge == graph.end(vertex) || graph.target(edge) != after[i] || !canFollow(after[i])) {
                return;
            }
            nextEdge[depth - 1]++;
            push(after[i]);
        }
    }
}
