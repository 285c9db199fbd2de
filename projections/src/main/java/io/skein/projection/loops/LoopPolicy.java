package io.skein.projection.loops;

/**
 * When a return is an alarm; see docs/detectors.md.
 *
 * @param windowSeconds how long a request counts as open without an answer, in event time
 * @param newWords a request that adds at least so many words to its chain carries work on; less is passing the task around
 * @param endlessLaps so many laps without an answer are an alarm, whatever was said
 * @param maxOpen messages kept at most; the oldest go first
 * @param quietSeconds without another return the loop is over
 */
record LoopPolicy(int windowSeconds, int newWords, int endlessLaps, int maxOpen, int quietSeconds) {
    static final LoopPolicy DEFAULT = new LoopPolicy(3_600, 8, 8, 100_000, 600);

    /** How far a chain is followed up. */
    static final int MAX_DEPTH = 64;

    LoopPolicy {
        if (windowSeconds < 1 || newWords < 0 || endlessLaps < 1 || maxOpen < 1 || quietSeconds < 1) {
            throw new IllegalArgumentException("loop policy: expected positive bounds");
        }
    }

    long windowMilli() {
        return 1_000L * windowSeconds;
    }
}
