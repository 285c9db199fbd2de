/** Who read the trail, who acted on Skein itself, and what was signed about the log? The audit log aggregate. */
@NullMarked
package io.skein.command.audit;

import org.jspecify.annotations.NullMarked;
