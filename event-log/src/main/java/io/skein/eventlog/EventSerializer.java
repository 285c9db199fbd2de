package io.skein.eventlog;

import org.axonframework.serialization.SerializedType;
import org.axonframework.serialization.SimpleSerializedType;
import org.axonframework.serialization.jackson3.Jackson3Serializer;

/** The one serializer of events, snapshots and tokens: {@link KernelJson} with the stable names of {@link EventTypes}. Thread-safe. */
public final class EventSerializer extends Jackson3Serializer {
    private EventSerializer(Builder builder) {
        super(builder);
    }

    public static EventSerializer create() {
        return new EventSerializer(Jackson3Serializer.builder()
                .lenientDeserialization()
                .jsonMapperBuilderCustomizer(KernelJson::configure));
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
