/** Who passes a task in a circle? Detectors over the stream, and the alerts they propose. */
@NullMarked
package io.skein.projection.loops;

import org.jspecify.annotations.NullMarked;
