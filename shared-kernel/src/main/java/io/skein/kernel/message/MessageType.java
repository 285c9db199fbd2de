package io.skein.kernel.message;

/** What kind of utterance a message is. */
public enum MessageType {
    REQUEST,
    RESPONSE,
    BROADCAST
}
