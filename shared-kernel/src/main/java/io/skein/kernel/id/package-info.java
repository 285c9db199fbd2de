/** How is a thing named? Ids as values; each is 1 to 256 printable characters, checked when made. */
@NullMarked
package io.skein.kernel.id;

import org.jspecify.annotations.NullMarked;
