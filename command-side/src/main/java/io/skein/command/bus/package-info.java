/** How does a command reach its aggregate, and where did its facts land in the log? */
@NullMarked
package io.skein.command.bus;

import org.jspecify.annotations.NullMarked;
