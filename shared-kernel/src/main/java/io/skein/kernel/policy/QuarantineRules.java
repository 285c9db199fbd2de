package io.skein.kernel.policy;

/**
 * When Skein puts an agent in quarantine by itself, for how long, and how many at once.
 *
 * @param automatic whether it does at all
 * @param dryRun whether it only records what it would have done
 * @param scoreBelow trust score under which an agent goes, 0 to 100; 0: never for its score
 * @param criticalFacts whether one critical pattern that the log itself proves is enough
 * @param detectors how many independent detectors must accuse an agent; 0: never for that
 * @param persistentAfter how often a warning about one agent must have been raised again because it went on; 0: never for that
 * @param evidenceWindowSeconds how far apart accusations may be that count together, 1 or more
 * @param durationSeconds how long a quarantine lasts unless renewed, 1 or more
 * @param maxAgents how many agents of a network may be in quarantine at once, or as many as {@code maxShare} allows, the larger
 * @param maxShare share of the network's agents, 0 to 1
 * @param holdOutShare share of interventions that are left out by lot, to learn what would have happened, 0 to 1
 * @param hysteresis bad evidence that must be added after one decision for an agent's score before the next
 * @param emergencyAgents so many agents in quarantine at once are an emergency; 0: never
 */
public record QuarantineRules(
        boolean automatic,
        boolean dryRun,
        double scoreBelow,
        boolean criticalFacts,
        int detectors,
        int persistentAfter,
        long evidenceWindowSeconds,
        long durationSeconds,
        int maxAgents,
        double maxShare,
        double holdOutShare,
        double hysteresis,
        int emergencyAgents) {
    public static final QuarantineRules BUILT_IN =
            new QuarantineRules(true, false, 30, true, 2, 1, 3_600, 900, 5, 0.10, 0, 5, 3);

    /** How many agents of a network of that size may be in quarantine at once. */
    public long budget(long agents) {
        return Math.max(maxAgents, (long) Math.floor(maxShare * agents));
    }
}
