/** Who talks to whom? */
@NullMarked
package io.skein.projection.causalgraph;

import org.jspecify.annotations.NullMarked;
