package io.skein.kernel.graph;

import org.jspecify.annotations.Nullable;

/**
 * The shape of a network's graph when it was measured last.
 *
 * @param position log position at which it was measured
 * @param messages recorded or blocked up to then; the next measurement follows after as many more as there are nodes and edges
 * @param isolated nodes that have no edge but to themselves
 * @param stale nodes with no event of their own among the newest 100,000 positions
 * @param components largest sets of agents of which each reaches each
 * @param cyclicComponents those of two agents or more
 * @param largestComponent agents of the largest
 * @param clustering share of the pairs of neighbours of one agent that are neighbours themselves, 0 to 1
 * @param clusteringSkips pairs of agents with more than 64 neighbours each, for which no triangles were counted: with any, clustering is a lower bound
 * @param pathLength mean hops from one agent to another that it reaches
 * @param pathLengthError half the width of its 95 % interval; 0 where all were counted, null where too few were to say
 * @param pivots agents from which paths were searched
 */
public record GraphShape(
        long position,
        long messages,
        long nodes,
        long edges,
        long isolated,
        long stale,
        long components,
        long cyclicComponents,
        long largestComponent,
        long communities,
        double clustering,
        long clusteringSkips,
        double pathLength,
        @Nullable Double pathLengthError,
        int pivots) {}
