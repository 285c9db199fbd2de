/** What happened, told once more at any speed? Events of a stretch of the log, filtered, as lines or over a WebSocket. */
@NullMarked
package io.skein.query.replay;

import org.jspecify.annotations.NullMarked;
