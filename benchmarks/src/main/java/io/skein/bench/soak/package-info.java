/** Is anything lost, doubled or out of order when processes are killed under load? */
@NullMarked
package io.skein.bench.soak;

import org.jspecify.annotations.NullMarked;
