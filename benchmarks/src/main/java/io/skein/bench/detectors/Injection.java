package io.skein.bench.detectors;

import io.skein.kernel.alert.Pattern;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the catalogue.
 *
 * @param pattern what was put in; null for what only looks like something
 * @param kind the recipe
 * @param agents who should be named; for loops and livelocks in the order of the rotation
 * @param cast everybody who took part
 * @param startMilli and {@code endMilli}: on the stage's clock
 * @param intensity laps, messages, refusals, offspring: what the recipe counts
 * @param amplifier of a cascade, else empty
 */
record Injection(
        int number,
        @Nullable Pattern pattern,
        String kind,
        Difficulty difficulty,
        List<String> agents,
        List<String> cast,
        long startMilli,
        long endMilli,
        int intensity,
        String amplifier,
        int firstLine,
        int endLine) {

    /** With the lines of the stage that belong to it: from the first, before the end. */
    Injection of(int first, int end) {
        return new Injection(
                number,
                pattern,
                kind,
                difficulty,
                agents,
                cast,
                startMilli,
                endMilli,
                intensity,
                amplifier,
                first,
                end);
    }

    /** Whether the message was said as a part of it. */
    boolean holds(String messageId) {
        if (!messageId.startsWith("i")) {
            return false;
        }
        int line = Integer.parseInt(messageId.substring(1));
        return firstLine <= line && line < endLine;
    }

    /** How well hidden it is. */
    enum Difficulty {
        /** At once, alone in its conversation. */
        TIGHT,
        /** With other work of the same agents in the same conversation in between. */
        INTERLEAVED,
        /** Steps many times slower. */
        SLOW,
        /** Each step in a conversation of its own. */
        CROSS_CONVERSATION,
        /** One message in a hundred lost its cause. */
        CAUSATION_LOST
    }
}
