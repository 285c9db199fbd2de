/** Who talks to whom? */
@NullMarked
package io.skein.query.graph;

import org.jspecify.annotations.NullMarked;
