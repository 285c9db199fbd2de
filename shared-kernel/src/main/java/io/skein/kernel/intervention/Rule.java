package io.skein.kernel.intervention;

/** Why an agent goes into quarantine. */
public enum Rule {
    /** A pattern of severity critical that the log itself proves. */
    CRITICAL_FACT,
    /** Several independent detectors accuse it. */
    INDEPENDENT_DETECTORS,
    /** It was warned about, and goes on. */
    PERSISTENT,
    /** Its trust score is under the policy's. */
    SCORE
}
