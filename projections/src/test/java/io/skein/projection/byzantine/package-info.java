/** Do the detectors find what was injected, exactly where brute force finds it, and leave the honest look-alikes alone? */
@NullMarked
package io.skein.projection.byzantine;

import org.jspecify.annotations.NullMarked;
