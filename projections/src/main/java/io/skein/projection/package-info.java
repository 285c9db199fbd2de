/** What do the events add up to? The only writer of the read tables; one package for each answer. */
@NullMarked
package io.skein.projection;

import org.jspecify.annotations.NullMarked;
