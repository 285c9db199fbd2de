/** What can be asked of an alert, and what can be true of it? Commands and events of the alert aggregate. */
@NullMarked
package io.skein.kernel.alert;

import org.jspecify.annotations.NullMarked;
