package io.skein.kernel.graph;

import io.skein.kernel.id.NetworkId;
import org.jspecify.annotations.Nullable;

/** A page of the network's strongly connected components of two agents or more, the largest first: {@link GraphComponent}. */
public record ListComponents(
        NetworkId networkId, int limit, @Nullable String cursor) {}
