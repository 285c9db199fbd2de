package io.skein.query.live;

/**
 * Every row changed by an event in (from, to], as it stands at {@code to}. One with {@code from} = {@code to} carries nothing and says: who is not
 * there yet must ask for a snapshot.
 */
record Delta(String stream, long from, long to, Object changes) {}
