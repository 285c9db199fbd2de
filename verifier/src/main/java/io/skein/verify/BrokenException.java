package io.skein.verify;

/** What was given is not of the shape that it must have. */
final class BrokenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokenException(String message) {
        super(message);
    }
}
