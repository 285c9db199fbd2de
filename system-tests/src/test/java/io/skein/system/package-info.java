/** Does the whole hold? Properties and journeys across the sides, on real servers and a real browser. */
@NullMarked
package io.skein.system;

import org.jspecify.annotations.NullMarked;
