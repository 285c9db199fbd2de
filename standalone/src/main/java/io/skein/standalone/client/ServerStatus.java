package io.skein.standalone.client;

import java.util.List;

/**
 * Where the log and each projection stand.
 *
 * @param head position of the newest event
 */
public record ServerStatus(long head, List<Projection> projections) {
    public ServerStatus {
        projections = List.copyOf(projections);
    }

    /** One projection: true up to its position. */
    public record Projection(String name, long position, long lag, long deadLetters) {}

    /** Whether every projection knows all events up to the position. */
    public boolean caughtUp(long position) {
        return projections.stream().allMatch(projection -> projection.position() >= position);
    }

    /** Events that are still to be projected, over all projections. */
    public long behind(long position) {
        return projections.stream()
                .mapToLong(projection -> Math.max(0, position - projection.position()))
                .sum();
    }
}
