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
    public record Projection(String name, long position, long lag, long deadLetters) {
        /** Whether questions are answered from it; the others carry what it says to Kafka, which may be away for long. */
        public boolean isAsked() {
            return !name.startsWith("publish-");
        }
    }

    /** Whether every projection that is asked knows all events up to the position. */
    public boolean caughtUp(long position) {
        return behind(position) == 0;
    }

    /** Events that are still to be projected, over all projections that are asked. */
    public long behind(long position) {
        return projections.stream()
                .filter(Projection::isAsked)
                .mapToLong(projection -> Math.max(0, position - projection.position()))
                .sum();
    }
}
