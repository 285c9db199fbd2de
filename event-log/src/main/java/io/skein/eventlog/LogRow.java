package io.skein.eventlog;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.axonframework.eventhandling.DomainEventData;
import org.axonframework.eventhandling.GenericDomainEventEntry;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.TrackedDomainEventData;
import org.axonframework.eventhandling.TrackedEventData;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

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

    /** Member of the stored metadata that holds an identifier which is no UUID; the row then has a version 3 UUID made of it. */
    public static final String FOREIGN_ID = "skein-event-id";

    static final int NAME_BASED = 3;

    /** The row's UUID for an event's identifier: the same, or, where that is no UUID in its usual spelling, one made of it. */
    public static UUID uuidOf(String identifier) {
        try {
            UUID uuid = UUID.fromString(identifier);
            if (uuid.toString().equals(identifier)) {
                return uuid;
            }
        } catch (IllegalArgumentException noUuid) {
            // The framework allows any text.
        }
        return UUID.nameUUIDFromBytes(identifier.getBytes(StandardCharsets.UTF_8));
    }

    /** As the framework wants it before it turns bytes into an object. */
    public DomainEventData<byte[]> data() {
        return data(aggregateId);
    }

    private DomainEventData<byte[]> data(@Nullable String aggregate) {
        String identifier = eventId.toString();
        byte[] said = metadata;
        if (eventId.version() == NAME_BASED
                && KernelJson.mapper().readTree(metadata) instanceof ObjectNode members
                && members.remove(FOREIGN_ID) instanceof StringNode foreign) {
            identifier = foreign.stringValue();
            said = KernelJson.mapper().writeValueAsBytes(members);
        }
        return new GenericDomainEventEntry<>(
                aggregateType.isEmpty() ? null : aggregateType,
                aggregate,
                sequence,
                identifier,
                recordedAt,
                payloadType,
                revision,
                payload,
                said);
    }

    TrackedEventData<byte[]> tracked() {
        // Without an aggregate the framework makes no domain event of it.
        return new TrackedDomainEventData<>(
                new GlobalSequenceTrackingToken(position), data(isOfAnAggregate() ? aggregateId : null));
    }

    private boolean isOfAnAggregate() {
        return !aggregateType.isEmpty() || !uuidOf(aggregateId).equals(eventId);
    }
}
