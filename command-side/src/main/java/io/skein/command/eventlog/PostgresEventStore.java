package io.skein.command.eventlog;

import org.axonframework.common.stream.BlockingStream;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.eventsourcing.eventstore.AbstractEventStore;
import org.jspecify.annotations.Nullable;

/** Axon's event store over the log; its streams are woken by the log's tail instead of polling. */
public final class PostgresEventStore extends AbstractEventStore {
    private final PostgresEventStorageEngine engine;

    private PostgresEventStore(Builder builder, PostgresEventStorageEngine engine) {
        super(builder);
        this.engine = engine;
    }

    public static PostgresEventStore on(PostgresEventStorageEngine engine) {
        Builder builder = new Builder() {};
        builder.storageEngine(engine);
        return new PostgresEventStore(builder, engine);
    }

    @Override
    public BlockingStream<TrackedEventMessage<?>> openStream(@Nullable TrackingToken trackingToken) {
        return engine.reader().openStream(trackingToken);
    }
}
