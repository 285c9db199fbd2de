/** How much, how fast, how often wrong? */
@NullMarked
package io.skein.projection.metrics;

import org.jspecify.annotations.NullMarked;
