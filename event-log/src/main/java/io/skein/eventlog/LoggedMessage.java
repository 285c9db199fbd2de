package io.skein.eventlog;

import java.time.Instant;
import java.util.Map;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventhandling.GenericTrackedDomainEventMessage;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.messaging.GenericMessage;
import org.axonframework.messaging.MetaData;
import org.axonframework.serialization.SerializedMetaData;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.Serializer;
import org.axonframework.serialization.SimpleSerializedObject;
import org.axonframework.serialization.SimpleSerializedType;
import org.jspecify.annotations.Nullable;

/**
 * An event of the log as the framework wants it, light enough to be held and shared by all readers: its payload is read when somebody first asks for it, and
 * then only once. Thread-safe.
 */
final class LoggedMessage implements TrackedEventMessage<Object>, DomainEventMessage<Object> {
    private static final long serialVersionUID = 1L;
    private static final byte[] NO_METADATA = {'{', '}'};

    private final transient LogRow row;
    private final transient Serializer serializer;
    private final Class<?> type;
    private transient volatile @Nullable Object payload;

    /** @param type of the payload, known to the language */
    LoggedMessage(LogRow row, Class<?> type, Serializer serializer) {
        this.row = row;
        this.type = type;
        this.serializer = serializer;
    }

    @Override
    public TrackingToken trackingToken() {
        return new GlobalSequenceTrackingToken(row.position());
    }

    @Override
    public Object getPayload() {
        Object known = payload;
        if (known == null) {
            // Two at once read the same.
            known = serializer.deserialize(stored());
            payload = known;
        }
        return known;
    }

    private SerializedObject<byte[]> stored() {
        return new SimpleSerializedObject<>(
                row.payload(), byte[].class, new SimpleSerializedType(row.payloadType(), row.revision()));
    }

    @Override
    @SuppressWarnings("unchecked")
    public Class<Object> getPayloadType() {
        return (Class<Object>) type;
    }

    @Override
    public MetaData getMetaData() {
        return java.util.Arrays.equals(row.metadata(), NO_METADATA)
                ? MetaData.emptyInstance()
                : serializer.deserialize(new SerializedMetaData<>(row.metadata(), byte[].class));
    }

    /** The stored bytes themselves, where they are what is asked for. */
    @Override
    @SuppressWarnings("unchecked")
    public <R> SerializedObject<R> serializePayload(Serializer by, Class<R> representation) {
        boolean same = by == serializer || (by instanceof EventSerializer && serializer instanceof EventSerializer);
        return same && representation == byte[].class
                ? (SerializedObject<R>) stored()
                : by.serialize(getPayload(), representation);
    }

    @Override
    public String getIdentifier() {
        return row.eventId().toString();
    }

    @Override
    public Instant getTimestamp() {
        return row.recordedAt();
    }

    @Override
    public long getSequenceNumber() {
        return row.sequence();
    }

    @Override
    public String getAggregateIdentifier() {
        return row.aggregateId();
    }

    @Override
    public String getType() {
        return row.aggregateType();
    }

    @Override
    public GenericTrackedDomainEventMessage<Object> withMetaData(Map<String, ?> metaData) {
        return framework(trackingToken()).withMetaData(metaData);
    }

    @Override
    public GenericTrackedDomainEventMessage<Object> andMetaData(Map<String, ?> metaData) {
        return framework(trackingToken()).andMetaData(metaData);
    }

    @Override
    public TrackedEventMessage<Object> withTrackingToken(TrackingToken token) {
        return framework(token);
    }

    private GenericTrackedDomainEventMessage<Object> framework(TrackingToken token) {
        return new GenericTrackedDomainEventMessage<>(
                token,
                new GenericDomainEventMessage<>(
                        row.aggregateType(),
                        row.aggregateId(),
                        row.sequence(),
                        new GenericMessage<>(getIdentifier(), getPayload(), getMetaData()),
                        row.recordedAt()));
    }

    Object writeReplace() {
        return framework(trackingToken());
    }

    @Override
    public String toString() {
        return "event " + row.eventId() + " at position " + row.position();
    }
}
