package io.skein.query.live;

import io.skein.kernel.message.JsonText;

/** The whole state of a stream as it stands at {@code position}; written once, however many it goes to. */
record Snapshot(String stream, long position, JsonText state) {}
