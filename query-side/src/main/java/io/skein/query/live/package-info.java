/** What changed just now? Snapshots and deltas over WebSocket, in order and without gaps. */
@NullMarked
package io.skein.query.live;

import org.jspecify.annotations.NullMarked;
