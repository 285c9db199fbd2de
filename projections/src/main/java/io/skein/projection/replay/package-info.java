/** How is a stretch of the log told once more? Into a topic of its own, at any speed, without any effect. */
@NullMarked
package io.skein.projection.replay;

import org.jspecify.annotations.NullMarked;
