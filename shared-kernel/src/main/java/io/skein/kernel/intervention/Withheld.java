package io.skein.kernel.intervention;

/** Why an intended intervention was left out. */
public enum Withheld {
    DRY_RUN,
    /** As many agents as the policy allows are in quarantine. */
    BUDGET,
    /** Left out by lot, to learn what happens without. */
    HOLD_OUT,
    /** Skein was away until it would have ended. */
    TOO_LATE,
    /** Somebody else had decided about the agent meanwhile. */
    OVERTAKEN
}
