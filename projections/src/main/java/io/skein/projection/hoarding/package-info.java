/** Who keeps what others need, and who waits for whom in a circle? Holdings and wishes from claims; hoarding and deadlock. */
@NullMarked
package io.skein.projection.hoarding;

import org.jspecify.annotations.NullMarked;
