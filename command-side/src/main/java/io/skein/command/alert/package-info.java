/** What should a person see, and was it dealt with? The alert aggregate. */
@NullMarked
package io.skein.command.alert;

import org.jspecify.annotations.NullMarked;
