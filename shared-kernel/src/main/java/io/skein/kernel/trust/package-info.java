/** How far is an agent believed, and what does a piece of evidence change? */
@NullMarked
package io.skein.kernel.trust;

import org.jspecify.annotations.NullMarked;
