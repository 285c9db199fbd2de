/** By which rules was a network judged, and since when? */
@NullMarked
package io.skein.projection.policy;

import org.jspecify.annotations.NullMarked;
