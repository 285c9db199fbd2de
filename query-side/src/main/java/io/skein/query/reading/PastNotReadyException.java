package io.skein.query.reading;

/** The tables as of a position are still being made; whoever asks again later finds them further on. */
public final class PastNotReadyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String projection;
    private final long position;
    private final long reached;

    PastNotReadyException(String projection, long position, long reached) {
        super("projection " + projection + " as of position " + position + " is still being made", null, false, false);
        this.projection = projection;
        this.position = position;
        this.reached = reached;
    }

    public String projection() {
        return projection;
    }

    /** The position asked for. */
    public long position() {
        return position;
    }

    /** How far it is made. */
    public long reached() {
        return reached;
    }
}
