/** What does an event look like as bytes, and how is the log read? The JSON form of the language and the reading half of the log. */
@NullMarked
package io.skein.eventlog;

import org.jspecify.annotations.NullMarked;
