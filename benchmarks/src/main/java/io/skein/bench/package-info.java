/** How fast is it, and beside what? Each bench writes JSON with raw figures, the limit or peer measured in the same run, ratios, and the machine. */
@NullMarked
package io.skein.bench;

import org.jspecify.annotations.NullMarked;
