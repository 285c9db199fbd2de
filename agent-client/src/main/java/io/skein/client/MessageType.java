package io.skein.client;

import java.util.Locale;

/** What kind of utterance a message is. */
public enum MessageType {
    REQUEST,
    RESPONSE,
    BROADCAST;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
