package io.skein.projection.causalgraph;

import io.skein.graph.LatencySketch;
import io.skein.graph.NetworkGraph;
import io.skein.kernel.graph.Relationship;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One edge of a network's graph as its row says it: messages of one kind from one agent to another. */
record CausalEdge(String network, NetworkGraph graph, int number) {
    private static final Relationship[] KINDS = Relationship.values();

    static int kind(Relationship relationship) {
        return relationship.ordinal();
    }

    static int kind(String relationship) {
        return Relationship.valueOf(relationship.toUpperCase(Locale.ROOT)).ordinal();
    }

    String source() {
        return graph.agent(graph.source(number));
    }

    String target() {
        return graph.agent(graph.target(number));
    }

    String relationship() {
        return relationship(graph.kind(number));
    }

    static String relationship(int kind) {
        return KINDS[kind].name().toLowerCase(Locale.ROOT);
    }

    byte @Nullable [] latencies() {
        char[] sketch = graph.latencies(number);
        if (sketch.length == 0) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate(sketch.length * Character.BYTES);
        bytes.asCharBuffer().put(sketch);
        return bytes.array();
    }

    static char[] latencies(byte @Nullable [] bytes) {
        char[] sketch = new char[bytes == null ? 0 : bytes.length / Character.BYTES];
        if (bytes != null) {
            ByteBuffer.wrap(bytes).asCharBuffer().get(sketch);
        }
        return sketch;
    }

    @Nullable
    Double latencyMillisAt(double share) {
        char[] sketch = graph.latencies(number);
        return sketch.length == 0 ? null : LatencySketch.millisAt(sketch, share);
    }
}
