package io.skein.command.eventlog;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An event as it will be stored, but for its position. */
record NewEvent(
        UUID eventId,
        short aggregateType,
        short payloadType,
        long sequence,
        Instant recordedAt,
        String aggregateId,
        @Nullable String revision,
        byte[] payload,
        byte[] metadata) {
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    NewEvent {
        if (recordedAt.isBefore(EARLIEST) || recordedAt.isAfter(LATEST)) {
            throw new IllegalArgumentException(
                    "event " + eventId + ": its time is " + recordedAt + "; expected one from the year 1 to 9999");
        }
    }

    /** What the log keeps unique beside the id. */
    AggregateSequence aggregateSequence() {
        return new AggregateSequence(aggregateId, aggregateType, sequence);
    }

    record AggregateSequence(String aggregateId, short aggregateType, long sequence) {}
}
