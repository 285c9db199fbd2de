package io.skein.kernel.problem;

/** Stable codes for what can be wrong; part of the API. */
public enum Reason {
    /** The bytes are no JSON, or no UTF-8. */
    MALFORMED,
    /** JSON, but not of a message's shape: a field is missing or of the wrong kind. */
    INVALID,
    /** Larger than a limit. */
    TOO_LARGE,
    /** The same message id was used with other content. */
    ID_REUSED,
    /** What is named does not exist. */
    NOT_FOUND,
    /** The thing is not in a state that allows it. */
    NOT_ALLOWED_NOW,
    /** Too much at once; try later. */
    OVERLOADED,
    /** The log could not be written; nothing was recorded. */
    LOG_UNAVAILABLE
}
