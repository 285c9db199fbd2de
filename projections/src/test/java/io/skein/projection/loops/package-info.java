/** Are routing loops found exactly where a brute-force reading of the log finds them? */
@NullMarked
package io.skein.projection.loops;

import org.jspecify.annotations.NullMarked;
