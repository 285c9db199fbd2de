/** Who writes the log? The command side: it decides what is asked and appends the facts. */
@NullMarked
package io.skein.command;

import org.jspecify.annotations.NullMarked;
