package io.skein.verify;

/** The first thing that is not as it was signed. */
final class WrongException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongException(String message) {
        super(message);
    }
}
