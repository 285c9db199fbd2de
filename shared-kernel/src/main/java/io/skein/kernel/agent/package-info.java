/** What can be asked of an agent, and what can be true of it? Commands and events of the agent aggregate. */
@NullMarked
package io.skein.kernel.agent;

import org.jspecify.annotations.NullMarked;
