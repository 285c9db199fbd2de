package io.skein.kernel.policy;

/**
 * When a conflict is told.
 *
 * @param flagAbove risk above which a message is flagged, 0 to 1
 */
public record ConflictRules(double flagAbove) {
    public static final ConflictRules BUILT_IN = new ConflictRules(0.7);
}
