/** Do the read tables say what the log says? On a real PostgreSQL, with events written straight into the log. */
@NullMarked
package io.skein.projection;

import org.jspecify.annotations.NullMarked;
