/** What happened, event by event? */
@NullMarked
package io.skein.projection.audit;

import org.jspecify.annotations.NullMarked;
