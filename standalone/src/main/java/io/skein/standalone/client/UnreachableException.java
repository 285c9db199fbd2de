package io.skein.standalone.client;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Nobody answers at the address, or what answers is no Skein. */
public final class UnreachableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreachableException(URI server, String why, @Nullable Throwable cause) {
        super("server " + server + ": " + why, cause);
    }
}
