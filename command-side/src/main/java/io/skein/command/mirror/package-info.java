/** How do events get from the log to the topics, in order and without loss? */
@NullMarked
package io.skein.command.mirror;

import org.jspecify.annotations.NullMarked;
