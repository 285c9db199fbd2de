package io.skein.kernel.message;

/** How what the message reports ended, by its sender's account. */
public enum Outcome {
    OK,
    ERROR,
    TIMEOUT,
    REFUSED;

    /** Whether this counts into the error rate. A refusal is an answer, not an error. */
    public boolean isError() {
        return this == ERROR || this == TIMEOUT;
    }
}
