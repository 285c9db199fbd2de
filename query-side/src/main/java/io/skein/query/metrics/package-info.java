/** How much, how fast, how often wrong? */
@NullMarked
package io.skein.query.metrics;

import org.jspecify.annotations.NullMarked;
