/** Which agents are in quarantine, as far as this node has read the log? */
@NullMarked
package io.skein.command.quarantine;

import org.jspecify.annotations.NullMarked;
