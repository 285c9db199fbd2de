package io.skein.kernel.graph;

import io.skein.kernel.id.NetworkId;

/** The shape of the network's graph and its most important agents, at most {@code limit} (1 to 1,000) by each measure: {@link MeasuredGraph}. */
public record FindGraphMetrics(NetworkId networkId, int limit) {}
