package io.skein.bench;

import io.skein.graph.CompactGraph;
import io.skein.graph.Components;
import io.skein.graph.NetworkGraph;
import io.skein.graph.PageRank;
import io.skein.graph.ShortestPaths;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jgrapht.Graph;
import org.jgrapht.alg.connectivity.KosarajuStrongConnectivityInspector;
import org.jgrapht.graph.DefaultDirectedGraph;
import org.jgrapht.graph.DefaultEdge;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A network of many agents in memory: room, updates, and what the snapshots take, beside JGraphT's graph on as many edges as that is given. */
@Command(
        name = "graph",
        description = "The causal graph in memory: size, updates a second, snapshots; beside JGraphT on a part of it.")
final class GraphBench implements Callable<Integer> {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final double LIMIT_BYTES = 2.0 * (1L << 30);
    private static final double LIMIT_UPDATES_PER_SECOND = 200_000;
    private static final double LIMIT_COMPONENTS_SECONDS = 3;
    private static final long PATH_STEPS = 20_000_000;
    private static final int MOST_PIVOTS = 256;
    private static final int NEIGHBOURHOOD = 64;
    private static final int REQUEST = 0;
    private static final int RESPONSE = 1;

    @Option(names = "--agents", defaultValue = "1000000", description = "Agents (default ${DEFAULT-VALUE}).")
    private int agents;

    @Option(
            names = "--edges",
            defaultValue = "10000000",
            description = "Edges, each a pair of agents and a kind (default ${DEFAULT-VALUE}).")
    private int edges;

    @Option(
            names = "--updates",
            defaultValue = "5000000",
            description = "Further messages on the full graph (default ${DEFAULT-VALUE}).")
    private int updates;

    @Option(
            names = "--peer-edges",
            defaultValue = "2000000",
            description = "Edges that JGraphT is given, and this graph again (default ${DEFAULT-VALUE}).")
    private int peerEdges;

    @Option(names = "--seed", defaultValue = "1", description = "Of the traffic (default ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--out", description = "Also write the JSON to this file.")
    private @Nullable Path out;

    @Override
    public Integer call() throws Exception {
        warmUp();
        Report report =
                new Report("graph").put("agents", agents).put("edges", edges).put("seed", seed);
        Map<String, Object> full = full();
        report.put("graph", full);
        Map<String, Object> peer = peer();
        report.put("beside", peer).write(out);
        return 0;
    }

    private void warmUp() {
        Built built = build(Math.min(agents, 20_000), 200_000);
        Components.of(built.graph().compact());
    }

    private Map<String, Object> full() {
        String[] names = names(agents);
        long before = usedBytes();
        Built built = build(names, edges);
        NetworkGraph graph = built.graph();
        long bytes = usedBytes() - before;
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("nodes", graph.nodeCount());
        found.put("edges", graph.edgeCount());
        found.put("pairs", graph.linkCount());
        found.put("bytes", bytes);
        found.put("bytesPerEdge", Report.rounded((double) bytes / graph.edgeCount()));
        found.put("ofMemoryLimit", Report.rounded(bytes / LIMIT_BYTES));
        double further = perSecond(updates, seconds(() -> talk(graph, names, new Traffic(seed + 1, agents), updates)));
        found.put("buildUpdatesPerSecond", Math.round(built.perSecond()));
        found.put("buildOfLimit", Report.rounded(built.perSecond() / LIMIT_UPDATES_PER_SECOND));
        found.put("updatesPerSecond", Math.round(further));
        found.put("updatesOfLimit", Report.rounded(further / LIMIT_UPDATES_PER_SECOND));
        found.put("edgesAfterUpdates", graph.edgeCount());
        found.put("snapshot", snapshot(graph));
        return found;
    }

    private static Map<String, Object> snapshot(NetworkGraph graph) {
        Map<String, Object> found = new LinkedHashMap<>();
        CompactGraph compact = timed(found, "compactSeconds", graph::compact);
        Components components = timed(found, "componentsSeconds", () -> Components.of(compact));
        double sum = ((Number) found.getOrDefault("compactSeconds", 0)).doubleValue()
                + ((Number) found.getOrDefault("componentsSeconds", 0)).doubleValue();
        found.put("compactAndComponentsOfLimit", Report.rounded(sum / LIMIT_COMPONENTS_SECONDS));
        found.put("components", components.count());
        found.put("largestComponent", components.largest());
        double[] ranks = timed(found, "pageRankColdSeconds", () -> PageRank.of(compact, new double[0], 1e-6, 50));
        timed(found, "pageRankWarmSeconds", () -> PageRank.of(compact, ranks, 1e-6, 50));
        ShortestPaths paths =
                timed(found, "shortestPathsSeconds", () -> ShortestPaths.of(compact, PATH_STEPS, MOST_PIVOTS));
        found.put("pivots", paths.pivots());
        found.put("pathLength", Report.rounded(paths.averageLength().value()));
        found.put("pathLengthError", Report.rounded(paths.averageLength().error()));
        timed(found, "clusteringSeconds", graph::clustering);
        found.put("triangleSkips", graph.triangleSkips());
        return found;
    }

    // The peer keeps who is joined to whom and nothing else; this graph keeps counts, strength, times and marks
    // besides.
    private Map<String, Object> peer() {
        int fewer = Math.max(1, (int) ((long) agents * peerEdges / edges));
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("agents", fewer);
        found.put("edges", peerEdges);
        String[] names = names(fewer);
        long before = usedBytes();
        Built built = build(names, peerEdges);
        double ownBytes = (double) (usedBytes() - before) / built.graph().edgeCount();
        CompactGraph compact = built.graph().compact();
        double ownComponents = seconds(() -> Components.of(compact));
        long directed = compact.edges();

        long beforePeer = usedBytes();
        Graph<Integer, DefaultEdge> peer = new DefaultDirectedGraph<>(DefaultEdge.class);
        double adding = seconds(() -> {
            for (int agent = 0; agent < fewer; agent++) {
                peer.addVertex(agent);
            }
            NetworkGraph graph = built.graph();
            for (int edge = 0; edge < graph.edgeCount(); edge++) {
                // Whoever talks to itself has no edge in either.
                if (graph.source(edge) != graph.target(edge)) {
                    peer.addEdge(graph.source(edge), graph.target(edge));
                }
            }
        });
        double peerBytes = (double) (usedBytes() - beforePeer) / peer.edgeSet().size();
        List<Integer> counted = new ArrayList<>();
        double peerComponents = seconds(() -> counted.add(new KosarajuStrongConnectivityInspector<>(peer)
                .stronglyConnectedSets()
                .size()));
        int ownCount = Components.of(compact).count();
        // Agents that never spoke are vertices of the peer alone.
        int silent = fewer - compact.vertices();
        if (peer.edgeSet().size() != directed || counted.getFirst() - silent != ownCount) {
            throw new IllegalStateException("JGraphT has " + peer.edgeSet().size() + " edges and "
                    + (counted.getFirst() - silent) + " components; expected " + directed + " and " + ownCount);
        }
        found.put("bytesPerEdge", Report.rounded(ownBytes));
        found.put("jgraphtBytesPerEdge", Report.rounded(peerBytes));
        found.put("jgraphtOfOwnBytes", Report.rounded(peerBytes / ownBytes));
        found.put("updatesPerSecond", Math.round(built.perSecond()));
        found.put("jgraphtAddsPerSecond", Math.round(perSecond(peerEdges, adding)));
        found.put("componentsSeconds", Report.rounded(ownComponents));
        found.put("jgraphtComponentsSeconds", Report.rounded(peerComponents));
        found.put("jgraphtOfOwnComponents", Report.rounded(peerComponents / ownComponents));
        found.put("components", ownCount);
        return found;
    }

    private record Built(NetworkGraph graph, double perSecond) {}

    private Built build(int agents, int edges) {
        return build(names(agents), edges);
    }

    /** Messages until the graph has as many edges. */
    private Built build(String[] names, int edges) {
        NetworkGraph graph = new NetworkGraph();
        Traffic traffic = new Traffic(seed, names.length);
        long[] said = {0};
        double seconds = seconds(() -> {
            while (graph.edgeCount() < edges) {
                int some = Math.max(1, (edges - graph.edgeCount()) / 2);
                talk(graph, names, traffic, some);
                said[0] += some;
            }
        });
        return new Built(graph, perSecond(said[0], seconds));
    }

    /** Requests, six in ten of them answered; every message one update of an edge. */
    private static void talk(NetworkGraph graph, String[] names, Traffic traffic, int messages) {
        for (int i = 0; i < messages; i++) {
            traffic.next();
            long position = graph.messageCount() + 1;
            int source = graph.node(names[traffic.source], position);
            graph.sent(source, traffic.isError());
            int target = graph.node(names[traffic.target], position);
            graph.received(target);
            graph.delivers(source, 1);
            int edge = graph.message(source, target, traffic.kind, traffic.isError(), 1, position);
            if (traffic.kind == RESPONSE) {
                graph.latency(edge, traffic.latencyMicros());
            }
            graph.sweep(position);
            if ((i & 0x3FF) == 0) {
                graph.forgetChanges();
            }
        }
        graph.forgetChanges();
    }

    /** Who says what to whom: a few talk much, most to their neighbourhood. */
    private static final class Traffic {
        private final int agents;
        private long state;
        private int source;
        private int target;
        private int kind = RESPONSE;

        Traffic(long seed, int agents) {
            this.agents = agents;
            this.state = seed;
        }

        void next() {
            if (kind == REQUEST && draw() % 10 < 6) {
                int asked = target;
                target = source;
                source = asked;
                kind = RESPONSE;
                return;
            }
            kind = REQUEST;
            source = skewed();
            if (draw() % 10 < 7) {
                int home = source - source % NEIGHBOURHOOD;
                target = Math.min(agents - 1, home + (int) (draw() % NEIGHBOURHOOD));
            } else {
                target = skewed();
            }
        }

        // The square of an even draw: the busiest hundredth says a tenth.
        private int skewed() {
            double even = (draw() >>> 10) / (double) (1L << 53);
            return (int) (even * even * agents);
        }

        boolean isError() {
            return (state & 0x1F00) == 0;
        }

        long latencyMicros() {
            return 1_000 + draw() % 500_000;
        }

        // SplitMix64 (Steele, Lea and Flood 2014), without the sign.
        private long draw() {
            state += 0x9e3779b97f4a7c15L;
            long mixed = state;
            mixed = (mixed ^ mixed >>> 30) * 0xbf58476d1ce4e5b9L;
            mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
            return (mixed ^ mixed >>> 31) & Long.MAX_VALUE;
        }
    }

    private static String[] names(int agents) {
        String[] names = new String[agents];
        for (int agent = 0; agent < agents; agent++) {
            names[agent] = "agent-" + agent;
        }
        return names;
    }

    private static <T> T timed(Map<String, Object> found, String name, Supplier<T> work) {
        List<T> result = new ArrayList<>();
        found.put(name, Report.rounded(seconds(() -> result.add(work.get()))));
        return result.getFirst();
    }

    // Of processor time of this one thread: what else the machine does is not the graph's.
    private static double seconds(Runnable work) {
        long start = THREADS.getCurrentThreadCpuTime();
        work.run();
        return (THREADS.getCurrentThreadCpuTime() - start) / 1e9;
    }

    private static double perSecond(long count, double seconds) {
        return count / seconds;
    }

    private static long usedBytes() {
        Runtime runtime = Runtime.getRuntime();
        long used = Long.MAX_VALUE;
        // More than one collection: what the first finds dead may hold on to more.
        for (int i = 0; i < 3; i++) {
            System.gc();
            used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
        }
        return used;
    }
}
