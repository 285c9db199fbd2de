package io.skein.kernel.graph;

/** What an edge stands for. */
public enum Relationship {
    REQUEST,
    RESPONSE,
    BROADCAST,
    DEPENDENCY,
    CONFLICT
}
