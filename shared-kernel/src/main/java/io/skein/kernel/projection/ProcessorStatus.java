package io.skein.kernel.projection;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One processor: what follows the log on a node.
 *
 * @param name stable name of its processing group
 * @param kind {@code projection} makes read tables, {@code publisher} tells topics of what changed in them, {@code mirror} copies events to topics
 * @param node that works on it; null where none does
 * @param position log position up to which it is done
 * @param lag events of the log behind it
 * @param lagTime age of the oldest of them; zero where there is none
 * @param eventsPerSecond of the last seconds; null where nobody measures it
 * @param eta until it is at the end of the log, at its rate of now; null where that cannot be said
 * @param progress how much of the log it has seen, 0 to 1
 * @param paused by an act
 * @param error kind of what went wrong with the newest batch; null where nothing did
 * @param deadLetters events it could not take
 * @param generation raised whenever its rows begin anew
 */
public record ProcessorStatus(
        String name,
        String kind,
        @Nullable String node,
        int segment,
        long position,
        long lag,
        Duration lagTime,
        @Nullable Double eventsPerSecond,
        @Nullable Duration eta,
        double progress,
        boolean running,
        boolean paused,
        @Nullable String error,
        long deadLetters,
        long generation) {}
