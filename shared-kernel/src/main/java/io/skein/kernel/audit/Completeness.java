package io.skein.kernel.audit;

import java.util.List;

/** What each projection stands on. */
public record Completeness(long treeSize, List<Statement> items) {
    /**
     * One projection.
     *
     * @param position every event up to here was given to it
     * @param events how many it has taken in: all up to its position but the parked
     * @param parked how many it could not take, and those behind them
     * @param rootHash over exactly the first {@code position} events; null while the tree is behind the projection
     */
    public record Statement(
            String name,
            long position,
            long events,
            long parked,
            @org.jspecify.annotations.Nullable String rootHash) {}

    public Completeness {
        items = List.copyOf(items);
    }
}
