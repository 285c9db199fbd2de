package io.skein.graph;

import java.util.Arrays;

/**
 * Betweenness and average length of shortest paths, from some vertices as sources (pivots) or, where the budget reaches, from all of them.
 *
 * <p>One breadth-first search for each pivot, with Brandes' accumulation (2001); from pivots, each value is the pivots' mean (Brandes and Pich 2007) with
 * its 95 % interval. Pivots are taken evenly from a shuffle that depends on the number of vertices alone. O(pivots · (vertices + edges)).
 */
public final class ShortestPaths {
    private static final double NO_ERROR = 0;

    private final int pivots;
    private final Estimate length;
    private final double[] betweenness;
    private final double[] errors;

    private ShortestPaths(int pivots, Estimate length, double[] betweenness, double[] errors) {
        this.pivots = pivots;
        this.length = length;
        this.betweenness = betweenness;
        this.errors = errors;
    }

    /**
     * Searches from as many pivots as the budget pays for, at least two and at most {@code mostPivots}.
     *
     * @param steps vertices and edges to be visited, all pivots together
     */
    public static ShortestPaths of(CompactGraph graph, long steps, int mostPivots) {
        long each = Math.max(1, (long) graph.vertices() + graph.edges());
        int pivots = (int) Math.min(graph.vertices(), Math.max(2, Math.min(mostPivots, steps / each)));
        return new Search(graph).run(pivots);
    }

    /** How many sources there were. */
    public int pivots() {
        return pivots;
    }

    /** Mean number of hops from one vertex to another that it reaches. */
    public Estimate averageLength() {
        return length;
    }

    /** Share of all ordered pairs of other vertices whose shortest path runs over the vertex, 0 to 1. */
    public Estimate betweenness(int vertex) {
        return new Estimate(betweenness[vertex], errors.length == 0 ? NO_ERROR : errors[vertex]);
    }

    private static final class Search {
        private final CompactGraph graph;
        private final int[] distances;
        private final double[] paths;
        private final double[] depending;
        private final int[] reached;
        private int count;

        Search(CompactGraph graph) {
            this.graph = graph;
            int vertices = graph.vertices();
            this.distances = new int[vertices];
            this.paths = new double[vertices];
            this.depending = new double[vertices];
            this.reached = new int[vertices];
            Arrays.fill(distances, -1);
        }

        ShortestPaths run(int pivots) {
            int vertices = graph.vertices();
            double[] sums = new double[vertices];
            double[] squares = pivots < vertices ? new double[vertices] : new double[0];
            double hops = 0;
            double pairs = 0;
            double[] hopsOf = new double[pivots];
            double[] pairsOf = new double[pivots];
            Shuffle shuffle = new Shuffle(vertices);
            for (int pivot = 0; pivot < pivots; pivot++) {
                int source = shuffle.at(pivot);
                search(source);
                for (int i = count - 1; i > 0; i--) {
                    int vertex = reached[i];
                    accumulate(vertex);
                    double value = depending[vertex];
                    sums[vertex] += value;
                    if (squares.length > 0) {
                        squares[vertex] += value * value;
                    }
                    hopsOf[pivot] += distances[vertex];
                }
                pairsOf[pivot] = count - 1.0;
                hops += hopsOf[pivot];
                pairs += pairsOf[pivot];
                clear();
            }
            return new ShortestPaths(
                    pivots,
                    ratio(hopsOf, pairsOf, hops, pairs, vertices),
                    scaled(sums, pivots),
                    errors(sums, squares, pivots));
        }

        private void search(int source) {
            distances[source] = 0;
            paths[source] = 1;
            reached[0] = source;
            count = 1;
            for (int i = 0; i < count; i++) {
                int vertex = reached[i];
                for (int edge = graph.start(vertex); edge < graph.end(vertex); edge++) {
                    int target = graph.target(edge);
                    if (distances[target] < 0) {
                        distances[target] = distances[vertex] + 1;
                        reached[count++] = target;
                    }
                    if (distances[target] == distances[vertex] + 1) {
                        paths[target] += paths[vertex];
                    }
                }
            }
        }

        // Those it leads to were met later, so they are done already.
        private void accumulate(int vertex) {
            double sum = 0;
            for (int edge = graph.start(vertex); edge < graph.end(vertex); edge++) {
                int target = graph.target(edge);
                if (distances[target] == distances[vertex] + 1) {
                    sum += paths[vertex] / paths[target] * (1 + depending[target]);
                }
            }
            depending[vertex] = sum;
        }

        private void clear() {
            for (int i = 0; i < count; i++) {
                int vertex = reached[i];
                distances[vertex] = -1;
                paths[vertex] = 0;
                depending[vertex] = 0;
            }
        }

        private double pairsOfOthers() {
            double vertices = graph.vertices();
            return Math.max(1, (vertices - 1) * (vertices - 2));
        }

        private double[] scaled(double[] sums, int pivots) {
            double factor = graph.vertices() / (pivots * pairsOfOthers());
            return Arrays.stream(sums).map(sum -> sum * factor).toArray();
        }

        private double[] errors(double[] sums, double[] squares, int pivots) {
            double[] errors = new double[squares.length];
            for (int vertex = 0; vertex < squares.length; vertex++) {
                errors[vertex] = Estimate.ofMean(sums[vertex], squares[vertex], pivots, graph.vertices())
                        .times(graph.vertices() / pairsOfOthers())
                        .error();
            }
            return errors;
        }

        // The usual estimate of a ratio of two sums, and of its variance by what each pivot leaves over.
        private static Estimate ratio(double[] hopsOf, double[] pairsOf, double hops, double pairs, int vertices) {
            if (pairs == 0) {
                return Estimate.ZERO;
            }
            double ratio = hops / pairs;
            double sum = 0;
            double squares = 0;
            for (int pivot = 0; pivot < hopsOf.length; pivot++) {
                double left = hopsOf[pivot] - ratio * pairsOf[pivot];
                sum += left;
                squares += left * left;
            }
            double error =
                    Estimate.ofMean(sum, squares, hopsOf.length, vertices).error() / (pairs / hopsOf.length);
            return new Estimate(ratio, error);
        }
    }

    /** A permutation that needs no memory: a multiplier prime to the number of vertices. */
    private static final class Shuffle {
        private final long vertices;
        private final long factor;

        Shuffle(int vertices) {
            this.vertices = Math.max(1, vertices);
            // Near the golden section the multiples are spread evenly.
            long candidate = Math.max(1, (long) (this.vertices * 0.6180339887498949));
            while (gcd(candidate, this.vertices) != 1) {
                candidate++;
            }
            this.factor = candidate;
        }

        int at(int index) {
            return (int) ((index * factor + vertices / 2) % vertices);
        }

        private static long gcd(long one, long other) {
            return other == 0 ? one : gcd(other, one % other);
        }
    }
}
