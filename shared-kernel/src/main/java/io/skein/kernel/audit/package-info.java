/** What happened, one row an event? Questions to the audit trail and their answers. */
@NullMarked
package io.skein.kernel.audit;

import org.jspecify.annotations.NullMarked;
