package io.skein.graph;

import java.util.Arrays;

/**
 * Strongly connected components: the largest sets of vertices of which each reaches each. Tarjan's algorithm (1972) without recursion, O(vertices +
 * edges).
 */
public final class Components {
    private final int[] components;
    private final int[] sizes;

    private Components(int[] components, int[] sizes) {
        this.components = components;
        this.sizes = sizes;
    }

    public static Components of(CompactGraph graph) {
        return new Search(graph).run();
    }

    public int count() {
        return sizes.length;
    }

    /** The component of a vertex, from 0 in the order of their smallest vertices. */
    public int of(int vertex) {
        return components[vertex];
    }

    public int size(int component) {
        return sizes[component];
    }

    /** Vertices of the largest one; 0 where there is none. */
    public int largest() {
        return Arrays.stream(sizes).max().orElse(0);
    }

    /** How many have more than one vertex: these have cycles. */
    public int withCycles() {
        return (int) Arrays.stream(sizes).filter(size -> size > 1).count();
    }

    private static final class Search {
        private final CompactGraph graph;
        private final int[] order;
        private final int[] lows;
        private final int[] component;
        private final int[] nextEdge;
        private final int[] path;
        private final int[] waiting;
        private int depth;
        private int waits;
        private int seen;
        private int found;

        Search(CompactGraph graph) {
            this.graph = graph;
            int vertices = graph.vertices();
            this.order = new int[vertices];
            this.lows = new int[vertices];
            this.component = new int[vertices];
            this.nextEdge = new int[vertices];
            this.path = new int[vertices];
            this.waiting = new int[vertices];
            Arrays.fill(component, -1);
        }

        Components run() {
            for (int root = 0; root < graph.vertices(); root++) {
                if (order[root] == 0) {
                    from(root);
                }
            }
            return inOrder();
        }

        private void from(int root) {
            enter(root);
            while (depth > 0) {
                int vertex = path[depth - 1];
                int edge = nextEdge[vertex];
                if (edge < graph.end(vertex)) {
                    nextEdge[vertex]++;
                    int target = graph.target(edge);
                    if (order[target] == 0) {
                        enter(target);
                    } else if (component[target] < 0) {
                        lows[vertex] = Math.min(lows[vertex], order[target]);
                    }
                } else {
                    leave(vertex);
                }
            }
        }

        private void enter(int vertex) {
            order[vertex] = ++seen;
            lows[vertex] = seen;
            nextEdge[vertex] = graph.start(vertex);
            path[depth++] = vertex;
            waiting[waits++] = vertex;
        }

        private void leave(int vertex) {
            depth--;
            if (depth > 0) {
                int before = path[depth - 1];
                lows[before] = Math.min(lows[before], lows[vertex]);
            }
            if (lows[vertex] == order[vertex]) {
                int member;
                do {
                    member = waiting[--waits];
                    component[member] = found;
                } while (member != vertex);
                found++;
            }
        }

        private Components inOrder() {
            int[] numbers = new int[found];
            Arrays.fill(numbers, -1);
            int[] sizes = new int[found];
            int next = 0;
            for (int vertex = 0; vertex < component.length; vertex++) {
                int old = component[vertex];
                if (numbers[old] < 0) {
                    numbers[old] = next++;
                }
                component[vertex] = numbers[old];
                sizes[numbers[old]]++;
            }
            return new Components(component, sizes);
        }
    }
}
