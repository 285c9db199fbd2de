/** Who talks to whom? Questions to the causal graph and their answers. */
@NullMarked
package io.skein.kernel.graph;

import org.jspecify.annotations.NullMarked;
