package io.skein.projection.engine;

/** An event could not be taken by a projection; its batch is rolled back and tried again. */
final class FaultyEventException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FaultyEventException(String projection, long position, int attempts, Throwable cause) {
        super(
                "projection " + projection + " could not take the event at position " + position + " (attempt "
                        + attempts + ")",
                cause);
    }
}
