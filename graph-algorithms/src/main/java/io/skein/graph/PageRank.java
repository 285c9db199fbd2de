package io.skein.graph;

import java.util.Arrays;

/** PageRank with damping 0.85 (Brin and Page 1998): where one who follows edges at random, and jumps now and then, is found. Sums to 1. */
public final class PageRank {
    private static final double DAMPING = 0.85;

    private PageRank() {}

    /**
     * Goes on from an earlier answer until no more than the tolerance moves in a round. O(rounds · (vertices + edges)).
     *
     * @param warm earlier ranks by vertex, 0 for new ones; any length
     * @param tolerance sum of all changes of a round below which it stops
     */
    public static double[] of(CompactGraph graph, double[] warm, double tolerance, int rounds) {
        int vertices = graph.vertices();
        if (vertices == 0) {
            return new double[0];
        }
        double[] ranks = start(warm, vertices);
        double[] next = new double[vertices];
        double moved = Double.POSITIVE_INFINITY;
        for (int round = 0; round < rounds && moved > tolerance; round++) {
            double stuck = 0;
            Arrays.fill(next, 0);
            for (int vertex = 0; vertex < vertices; vertex++) {
                int out = graph.outDegree(vertex);
                if (out == 0) {
                    stuck += ranks[vertex];
                    continue;
                }
                double share = ranks[vertex] / out;
                for (int edge = graph.start(vertex); edge < graph.end(vertex); edge++) {
                    next[graph.target(edge)] += share;
                }
            }
            double given = (1 - DAMPING + DAMPING * stuck) / vertices;
            moved = 0;
            for (int vertex = 0; vertex < vertices; vertex++) {
                next[vertex] = given + DAMPING * next[vertex];
                moved += Math.abs(next[vertex] - ranks[vertex]);
            }
            double[] old = ranks;
            ranks = next;
            next = old;
        }
        return ranks;
    }

    private static double[] start(double[] warm, int vertices) {
        double[] ranks = Arrays.copyOf(warm, vertices);
        double sum = 0;
        for (int vertex = 0; vertex < vertices; vertex++) {
            ranks[vertex] = ranks[vertex] > 0 ? ranks[vertex] : 1.0 / vertices;
            sum += ranks[vertex];
        }
        for (int vertex = 0; vertex < vertices; vertex++) {
            ranks[vertex] /= sum;
        }
        return ranks;
    }
}
