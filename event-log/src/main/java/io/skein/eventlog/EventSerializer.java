package io.skein.eventlog;

import io.skein.kernel.agent.MessageRecorded;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.SerializedType;
import org.axonframework.serialization.SimpleSerializedObject;
import org.axonframework.serialization.SimpleSerializedType;
import org.axonframework.serialization.jackson3.Jackson3Serializer;

/** The one serializer of events, snapshots and tokens: {@link KernelJson} with the stable names of {@link EventTypes}. Thread-safe. */
public final class EventSerializer extends Jackson3Serializer {
    private static final SerializedType RECORDED =
            new SimpleSerializedType(EventTypes.nameOf(MessageRecorded.class), "1");

    private EventSerializer(Builder builder) {
        super(builder);
    }

    public static EventSerializer create() {
        return new EventSerializer(Jackson3Serializer.builder()
                .lenientDeserialization()
                .jsonMapperBuilderCustomizer(KernelJson::configure));
    }

    @Override
    public <T> SerializedObject<T> serialize(Object object, Class<T> expectedRepresentation) {
        if (expectedRepresentation == byte[].class && object instanceof MessageRecorded recorded) {
            byte[] bytes = RecordedMessageJson.write(recorded);
            if (bytes != null) {
                return new SimpleSerializedObject<>(
                        expectedRepresentation.cast(bytes), expectedRepresentation, RECORDED);
            }
        }
        return super.serialize(object, expectedRepresentation);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <S, T> T deserialize(SerializedObject<S> serialized) {
        if (serialized.getData() instanceof byte[] bytes && RECORDED.equals(serialized.getType())) {
            MessageRecorded recorded = RecordedMessageJson.read(bytes);
            if (recorded != null) {
                return (T) recorded;
            }
        }
        return super.deserialize(serialized);
    }

    @Override
    public SerializedType typeForClass(@SuppressWarnings("rawtypes") Class type) {
        SerializedType named = super.typeForClass(type);
        String stable = type == null ? named.getName() : EventTypes.nameOf(type);
        return stable.equals(named.getName()) ? named : new SimpleSerializedType(stable, named.getRevision());
    }

    @Override
    protected String resolveClassName(SerializedType serializedType) {
        return EventTypes.classNameOf(serializedType.getName());
    }
}
