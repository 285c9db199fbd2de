package io.skein.eventlog;

/** The database that holds the log did not do what was asked; nothing was changed. Trying again later may help. */
public final class LogUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LogUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
