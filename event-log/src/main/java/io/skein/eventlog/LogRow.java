package io.skein.eventlog;

import java.time.Instant;
import java.util.UUID;
import org.axonframework.eventhandling.DomainEventData;
import org.axonframework.eventhandling.GenericDomainEventEntry;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.TrackedDomainEventData;
import org.axonframework.eventhandling.TrackedEventData;
import org.jspecify.annotations.Nullable;

/**
 * One event as it is stored.
 *
 * @param position 1 or more
 * @param aggregateType empty where no aggregate decided the event
 * @param payload JSON in UTF-8, exactly the stored bytes; not to be changed
 */
public record LogRow(
        long position,
        UUID eventId,
        String aggregateType,
        String aggregateId,
        long sequence,
        String payloadType,
        @Nullable String revision,
        Instant recordedAt,
        byte[] payload,
        byte[] metadata) {

    /** As the framework wants it before it turns bytes into an object. */
    public DomainEventData<byte[]> data() {
        return new GenericDomainEventEntry<>(
                aggregateType.isEmpty() ? null : aggregateType,
                aggregateId,
                sequence,
                eventId.toString(),
                recordedAt,
                payloadType,
                revision,
                payload,
                metadata);
    }

    TrackedEventData<byte[]> tracked() {
        return new TrackedDomainEventData<>(new GlobalSequenceTrackingToken(position), data());
    }
}
