/** How far is each projection? Questions to the processors and their answers. */
@NullMarked
package io.skein.kernel.projection;

import org.jspecify.annotations.NullMarked;
