package io.skein.kernel.intervention;

/** What came of an intended intervention. */
public enum Outcome {
    QUARANTINED,
    /** The quarantine that there was lasts longer. */
    RENEWED,
    WITHHELD
}
