/** How much, how fast, how often wrong? Questions to the metrics and their answers. */
@NullMarked
package io.skein.kernel.metrics;

import org.jspecify.annotations.NullMarked;
