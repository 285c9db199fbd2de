/** How do messages get in from files? Line by line, in order, each recorded once or refused with its reason. */
@NullMarked
package io.skein.standalone.load;

import org.jspecify.annotations.NullMarked;
