/** By which rules is a fleet judged, and since when? Thresholds as versioned facts. */
@NullMarked
package io.skein.kernel.policy;

import org.jspecify.annotations.NullMarked;
