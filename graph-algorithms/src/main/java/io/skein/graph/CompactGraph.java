package io.skein.graph;

import java.util.Arrays;
import java.util.function.Consumer;

/** A directed graph that does not change: for each vertex the ascending numbers of those it reaches, once each, never itself. Four bytes an edge. */
public final class CompactGraph {
    private final int[] starts;
    private final int[] targets;

    private CompactGraph(int[] starts, int[] targets) {
        this.starts = starts;
        this.targets = targets;
    }

    /** Takes one edge. */
    @FunctionalInterface
    public interface Edges {
        void accept(int source, int target);
    }

    /**
     * Puts edges in order. O(vertices + edges · log(edges of one vertex)).
     *
     * @param edges gives every edge, the same ones in both of two passes; doubled ones and those of a vertex with itself are left out
     */
    public static CompactGraph of(int vertices, Consumer<Edges> edges) {
        int[] ends = new int[vertices + 1];
        edges.accept((source, target) -> ends[source + 1] += source == target ? 0 : 1);
        for (int vertex = 0; vertex < vertices; vertex++) {
            ends[vertex + 1] += ends[vertex];
        }
        int[] targets = new int[ends[vertices]];
        int[] next = Arrays.copyOf(ends, vertices);
        edges.accept((source, target) -> {
            if (source != target) {
                targets[next[source]++] = target;
            }
        });
        int[] starts = new int[vertices + 1];
        int kept = 0;
        for (int vertex = 0; vertex < vertices; vertex++) {
            starts[vertex] = kept;
            Arrays.sort(targets, ends[vertex], ends[vertex + 1]);
            for (int i = ends[vertex]; i < ends[vertex + 1]; i++) {
                if (kept == starts[vertex] || targets[kept - 1] != targets[i]) {
                    targets[kept++] = targets[i];
                }
            }
        }
        starts[vertices] = kept;
        return new CompactGraph(starts, kept == targets.length ? targets : Arrays.copyOf(targets, kept));
    }

    public int vertices() {
        return starts.length - 1;
    }

    public int edges() {
        return targets.length;
    }

    /** Index of the vertex's first edge. */
    int start(int vertex) {
        return starts[vertex];
    }

    /** Index after the vertex's last edge. */
    int end(int vertex) {
        return starts[vertex + 1];
    }

    int target(int edge) {
        return targets[edge];
    }

    public int outDegree(int vertex) {
        return starts[vertex + 1] - starts[vertex];
    }

    public boolean hasEdge(int source, int target) {
        return Arrays.binarySearch(targets, starts[source], starts[source + 1], target) >= 0;
    }

    /** The same with every edge turned round. O(vertices + edges). */
    public CompactGraph reversed() {
        int[] back = new int[vertices() + 1];
        for (int target : targets) {
            back[target + 1]++;
        }
        for (int vertex = 0; vertex < vertices(); vertex++) {
            back[vertex + 1] += back[vertex];
        }
        int[] sources = new int[targets.length];
        int[] next = Arrays.copyOf(back, vertices());
        for (int source = 0; source < vertices(); source++) {
            for (int edge = start(source); edge < end(source); edge++) {
                sources[next[targets[edge]]++] = source;
            }
        }
        return new CompactGraph(back, sources);
    }
}
