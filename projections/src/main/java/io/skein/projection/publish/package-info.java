/** How do others hear of what changed in the read tables? Deltas to topics, in order, at least once. */
@NullMarked
package io.skein.projection.publish;

import org.jspecify.annotations.NullMarked;
