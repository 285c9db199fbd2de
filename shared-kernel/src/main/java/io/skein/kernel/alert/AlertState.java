package io.skein.kernel.alert;

/** Where an alert stands: raised → acknowledged → resolved or dismissed. */
public enum AlertState {
    RAISED,
    ACKNOWLEDGED,
    RESOLVED,
    DISMISSED;

    /** Whether nobody need look at it any more. */
    public boolean isClosed() {
        return this == RESOLVED || this == DISMISSED;
    }
}
