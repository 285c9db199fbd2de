/** How does a graph of millions of edges fit into memory, and what is its shape? Compact structures and algorithms in plain Java. */
@NullMarked
package io.skein.graph;

import org.jspecify.annotations.NullMarked;
