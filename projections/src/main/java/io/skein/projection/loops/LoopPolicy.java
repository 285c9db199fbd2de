package io.skein.projection.loops;

import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * When a return is an alarm; see docs/detectors.md.
 *
 * @param window how long a request counts as open without an answer, in event time
 * @param newWords a request that adds at least so many words to its chain carries work on; less is passing the task around
 * @param endlessLaps so many laps without an answer are an alarm, whatever was said
 * @param maxOpen messages kept at most; the oldest go first
 */
record LoopPolicy(Duration window, int newWords, int endlessLaps, int maxOpen) {
    static final LoopPolicy DEFAULT = new LoopPolicy(Duration.ofHours(1), 8, 8, 100_000);

    /** How far a chain is followed up. */
    static final int MAX_DEPTH = 64;

    SortedMap<String, String> parameters() {
        return new TreeMap<>(Map.of(
                "windowSeconds", Long.toString(window.toSeconds()),
                "newWords", Integer.toString(newWords),
                "endlessLaps", Integer.toString(endlessLaps),
                "maxOpen", Integer.toString(maxOpen)));
    }
}
