package io.skein.projection.engine;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.serialization.UnknownSerializedType;

/**
 * One event with its place in the log.
 *
 * @param position 1 or more
 * @param message payload still as bytes until somebody asks
 */
public record LoggedEvent(long position, EventMessage<?> message) {

    static LoggedEvent of(EventMessage<?> message) {
        if (message instanceof TrackedEventMessage<?> tracked
                && tracked.trackingToken().position().isPresent()) {
            return new LoggedEvent(tracked.trackingToken().position().getAsLong(), message);
        }
        throw new IllegalArgumentException("event " + message.getIdentifier()
                + " has no position; expected one that was read from the log by its position");
    }

    /** Whether the event's type is one of the language; others have no payload a projection could read. */
    public boolean isKnown() {
        return message.getPayloadType() != UnknownSerializedType.class;
    }

    /** Whether the event is of the type, without reading what it says. */
    public boolean isA(Class<?> type) {
        return type.isAssignableFrom(message.getPayloadType());
    }

    /**
     * What the event says.
     *
     * @throws RuntimeException if the stored bytes are no such event
     */
    public Object payload() {
        return message.getPayload();
    }

    /** The stable name of the event's type, also of one that this version does not know. */
    public String typeName() {
        if (isKnown()) {
            return message.getPayloadType().getSimpleName();
        }
        return ((UnknownSerializedType) message.getPayload()).serializedType().getName();
    }

    /** When Skein recorded it, to the microsecond, which is what the tables keep. */
    public Instant recordedAt() {
        return message.getTimestamp().truncatedTo(ChronoUnit.MICROS);
    }

    public String aggregateType() {
        return message instanceof DomainEventMessage<?> domain && domain.getType() != null ? domain.getType() : "";
    }

    public String aggregateId() {
        return message instanceof DomainEventMessage<?> domain ? domain.getAggregateIdentifier() : "";
    }

    public long sequence() {
        return message instanceof DomainEventMessage<?> domain ? domain.getSequenceNumber() : 0;
    }

    /** What must stay in order: the aggregate, or the event itself where none decided it. */
    String sequenceKey() {
        return aggregateId().isEmpty() ? "#" + position : aggregateType() + "/" + aggregateId();
    }
}
