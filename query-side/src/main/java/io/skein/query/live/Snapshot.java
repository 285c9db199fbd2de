package io.skein.query.live;

/** The whole state of a stream as it stands at {@code position}. */
record Snapshot(String stream, long position, Object state) {}
