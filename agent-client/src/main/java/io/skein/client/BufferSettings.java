package io.skein.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * Where messages wait on disk until they are answered, and how much may wait.
 *
 * @param folder owned by one bus at a time; made if absent
 * @param maxBytes bound of all segment files together, at least {@link #MIN_BYTES}
 * @param whenFull what {@code send} does when the bound is reached
 * @param blockAtMost how long {@link WhenFull#BLOCK} waits before it refuses
 * @param fsync how often the disk is made to write what the operating system holds
 */
public record BufferSettings(Path folder, long maxBytes, WhenFull whenFull, Duration blockAtMost, Fsync fsync) {
    /** Room for the largest message several times over, so that dropping the oldest always finds something to drop. */
    public static final long MIN_BYTES = 16L * 1024 * 1024;

    /** What {@code send} does when the buffer has reached its bound. */
    public enum WhenFull {
        /** Waits for room, up to {@code blockAtMost}, then refuses. */
        BLOCK,
        /** Refuses at once. */
        REFUSE,
        /** Gives up the oldest messages that are not on their way, a segment at a time; each is counted and told. */
        DROP_OLDEST
    }

    /**
     * What a crash of the machine may cost. The death of the process alone never costs a message that {@code send} has taken.
     *
     * @param every zero: {@code send} returns when its message is on the disk (concurrent calls share one write); longer than a day: never
     */
    public record Fsync(Duration every) {
        static final Duration NEVER = Duration.ofDays(1);

        public Fsync {
            if (every.isNegative()) {
                throw new IllegalArgumentException("fsync interval is " + every + "; expected zero or more");
            }
        }

        public static Fsync always() {
            return new Fsync(Duration.ZERO);
        }

        public static Fsync every(Duration interval) {
            return new Fsync(interval);
        }

        public static Fsync never() {
            return new Fsync(NEVER.plusDays(1));
        }

        boolean isAlways() {
            return every.isZero();
        }

        boolean isNever() {
            return every.compareTo(NEVER) > 0;
        }
    }

    public BufferSettings {
        Objects.requireNonNull(folder, "folder");
        if (maxBytes < MIN_BYTES) {
            throw new IllegalArgumentException(
                    "buffer " + folder + ": maxBytes is " + maxBytes + "; expected at least " + MIN_BYTES);
        }
        if (blockAtMost.isNegative()) {
            throw new IllegalArgumentException(
                    "buffer " + folder + ": blockAtMost is " + blockAtMost + "; expected zero or more");
        }
    }

    /** 256 MiB, blocking up to 10 seconds when full, written through once a second. */
    public static BufferSettings in(Path folder) {
        return new BufferSettings(
                folder, 256L * 1024 * 1024, WhenFull.BLOCK, Duration.ofSeconds(10), Fsync.every(Duration.ofSeconds(1)));
    }

    public BufferSettings maxBytes(long bytes) {
        return new BufferSettings(folder, bytes, whenFull, blockAtMost, fsync);
    }

    public BufferSettings whenFull(WhenFull choice) {
        return new BufferSettings(folder, maxBytes, choice, blockAtMost, fsync);
    }

    public BufferSettings blockAtMost(Duration wait) {
        return new BufferSettings(folder, maxBytes, whenFull, wait, fsync);
    }

    public BufferSettings fsync(Fsync policy) {
        return new BufferSettings(folder, maxBytes, whenFull, blockAtMost, policy);
    }
}
