package io.skein.projection.causalgraph;

import java.util.Comparator;

/**
 * Names one edge of the graph: messages of one kind from one agent to another.
 *
 * @param relationship {@code request}, {@code response} or {@code broadcast}
 */
record CausalEdge(String network, String source, String target, String relationship) implements Comparable<CausalEdge> {
    private static final Comparator<CausalEdge> ORDER = Comparator.comparing(CausalEdge::network)
            .thenComparing(CausalEdge::source)
            .thenComparing(CausalEdge::target)
            .thenComparing(CausalEdge::relationship);

    @Override
    public int compareTo(CausalEdge other) {
        return ORDER.compare(this, other);
    }
}
