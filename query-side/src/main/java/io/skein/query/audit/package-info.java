/** What happened, one row an event? */
@NullMarked
package io.skein.query.audit;

import org.jspecify.annotations.NullMarked;
