/** May this agent speak, and what does the log keep of it? The agent aggregate. */
@NullMarked
package io.skein.command.agent;

import org.jspecify.annotations.NullMarked;
