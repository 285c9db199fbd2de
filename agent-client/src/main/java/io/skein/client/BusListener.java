package io.skein.client;

/**
 * Hears of every message's end, also of those that an earlier process left in the buffer and that no future waits for. Called one at a
 * time, in order, on a thread of its own: being slow delays other calls, never a delivery.
 */
public interface BusListener {
    /** Hears nothing. */
    BusListener SILENT = new BusListener() {};

    default void acknowledged(Receipt receipt) {}

    /** Will not be delivered: refused by the receiver, or dropped to make room. */
    default void givenUp(String messageId, BusException why) {}

    /** A delivery failed; the messages are kept and tried again. Called when the trouble begins or changes, not at every attempt. */
    default void trouble(BusException trouble) {}

    /** Part of the buffer is damaged. */
    default void setAside(SetAside damage) {}
}
