/** Does one message make more and more of them, and who multiplies? Trees of causes, their growth, and the reproduction number. */
@NullMarked
package io.skein.projection.cascades;

import org.jspecify.annotations.NullMarked;
