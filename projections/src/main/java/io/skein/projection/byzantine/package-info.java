/** Who says one thing here and another there, breaks its own counter, or answers what nobody asked it? Facts that the log itself proves. */
@NullMarked
package io.skein.projection.byzantine;

import org.jspecify.annotations.NullMarked;
