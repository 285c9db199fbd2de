package io.skein.client;

import java.util.Locale;

/** How what the message reports ended, by its sender's account. */
public enum Outcome {
    OK,
    ERROR,
    TIMEOUT,
    REFUSED;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
