/** How is a long answer cut? Cursor pages. */
@NullMarked
package io.skein.kernel.page;

import org.jspecify.annotations.NullMarked;
