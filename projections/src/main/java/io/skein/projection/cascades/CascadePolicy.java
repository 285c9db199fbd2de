package io.skein.projection.cascades;

/**
 * What counts as a cascade.
 *
 * @param windowSeconds how long a message may lead to others, in event time
 * @param messages kept in memory at most
 * @param size messages under one root, answers and repeats left out, before it may alarm
 * @param depth steps from the root before it may alarm
 * @param growth how many messages each one of the inner steps must lead to, with probability {@code certainty}
 * @param paceSeconds half of the tree must be no older
 * @param maturitySeconds how long a message is given for its offspring before it counts in the network's reproduction number
 * @param volume matured messages of one window of the network
 * @param windows consecutive ones whose reproduction number is above 1 with probability {@code certainty}
 */
record CascadePolicy(
        int windowSeconds,
        int messages,
        int size,
        int depth,
        double growth,
        int paceSeconds,
        int maturitySeconds,
        int volume,
        int windows,
        double certainty) {
    static final CascadePolicy DEFAULT = new CascadePolicy(600, 100_000, 50, 3, 1.5, 10, 30, 200, 3, 0.99);

    CascadePolicy {
        if (windowSeconds < maturitySeconds
                || maturitySeconds < 1
                || messages < 1
                || size < 2
                || depth < 1
                || volume < 2
                || windows < 1) {
            throw new IllegalArgumentException(
                    "cascade policy: expected positive bounds and a window no shorter than the maturity");
        }
    }
}
