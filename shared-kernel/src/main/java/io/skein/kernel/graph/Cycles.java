package io.skein.kernel.graph;

import io.skein.kernel.id.AgentId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a search for cycles found before its limit or its time ran out.
 *
 * @param agents of the component
 * @param edges pairs of agents searched over
 * @param items each cycle once, told from the agent whose id is first in order
 * @param timedOut whether it stopped for time; there may be no items then, and still more to find
 * @param next goes on where this stopped; null where all was searched
 */
public record Cycles(
        long position,
        int agents,
        int edges,
        List<List<AgentId>> items,
        boolean timedOut,
        @Nullable String next) {
    public Cycles {
        items = List.copyOf(items);
    }
}
