package io.skein.standalone.server;

import org.jspecify.annotations.Nullable;

/** The server cannot start for a reason that the person who started it can do something about. */
public final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StartException(String message) {
        this(message, null);
    }

    StartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
