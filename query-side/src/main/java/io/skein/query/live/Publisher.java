package io.skein.query.live;

/** Takes a message to everybody who subscribed to an address, in the order of the calls. */
interface Publisher {
    void publish(LiveAddress address, Delta delta);
}
