/** What would have been found with other rules? History replayed twice in sandboxes, and the difference. */
@NullMarked
package io.skein.projection.whatif;

import org.jspecify.annotations.NullMarked;
