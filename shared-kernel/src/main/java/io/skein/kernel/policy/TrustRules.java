package io.skein.kernel.policy;

import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Severity;

/**
 * How evidence becomes trust. Weights are pieces of evidence, 0 or more: a weight of 2 counts as two ordinary messages.
 *
 * @param priorGood good evidence that every agent begins with, above 0
 * @param priorBad bad evidence that every agent begins with, above 0
 * @param halfLifeSeconds after which a piece of evidence counts half, 1 or more
 * @param success good: a message with outcome ok
 * @param failure bad: a message with outcome error or timeout
 * @param conflict bad: part in a conflict
 * @param patternInfo bad: part in a pattern of severity info, proved by facts
 * @param patternWarning the same for warning
 * @param patternCritical the same for critical and emergency
 * @param findingFactor what a statistical finding counts beside a fact, 0 to 1
 * @param suspicionFactor what a suspicion counts beside a fact, 0 to 1
 * @param patternLeast least weight of a part in a pattern
 * @param patternMost greatest weight of a part in a pattern
 * @param peer good or bad: one statement of a peer
 * @param peerCap most that all peers' statements together count, each way
 */
public record TrustRules(
        double priorGood,
        double priorBad,
        long halfLifeSeconds,
        double success,
        double failure,
        double conflict,
        double patternInfo,
        double patternWarning,
        double patternCritical,
        double findingFactor,
        double suspicionFactor,
        double patternLeast,
        double patternMost,
        double peer,
        double peerCap) {
    public static final TrustRules BUILT_IN =
            new TrustRules(9, 1, 7 * 24 * 3_600, 1, 1, 2, 2, 4, 8, 0.75, 0.5, 2, 8, 0.1, 1);

    /** Weight of a part in a pattern. */
    public double pattern(Severity severity, Grade grade) {
        double base = switch (severity) {
            case INFO -> patternInfo;
            case WARNING -> patternWarning;
            case CRITICAL, EMERGENCY -> patternCritical;
        };
        double strength = switch (grade) {
            case FACT -> 1;
            case FINDING -> findingFactor;
            case SUSPICION -> suspicionFactor;
        };
        return Math.max(patternLeast, Math.min(patternMost, base * strength));
    }
}
