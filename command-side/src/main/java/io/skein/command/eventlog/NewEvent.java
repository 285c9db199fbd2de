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

    /** What the log keeps unique beside the id. */
    AggregateSequence aggregateSequence() {
        return new AggregateSequence(aggregateId, aggregateType, sequence);
    }

    record AggregateSequence(String aggregateId, short aggregateType, long sequence) {}
}
