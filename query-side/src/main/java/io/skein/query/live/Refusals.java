package io.skein.query.live;

/** Tells a client why it is refused and closes its connection. */
interface Refusals {
    void refuse(String sessionId, String why);
}
