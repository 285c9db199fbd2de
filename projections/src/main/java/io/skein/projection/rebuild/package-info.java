/** What is done to projections while they run? Pause, reset, rebuild beside the old one, difference, cut-over and roll-back, over all nodes. */
@NullMarked
package io.skein.projection.rebuild;

import org.jspecify.annotations.NullMarked;
