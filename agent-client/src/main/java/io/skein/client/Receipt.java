package io.skein.client;

import org.jspecify.annotations.Nullable;

/**
 * The receiver has the message for good.
 *
 * @param position in the log, where the receiver tells it
 * @param place where else it can be found: topic, partition and offset of Kafka
 */
public record Receipt(
        String messageId,
        Status status,
        @Nullable Long position,
        @Nullable String place) {
    /** What was done with it. */
    public enum Status {
        /** Recorded in the log. */
        RECORDED,
        /** Was recorded before, with the same content. */
        DUPLICATE,
        /** Recorded, but not passed on: the sender or all its targets are in quarantine. */
        BLOCKED,
        /** Durable in Kafka; it will be recorded. */
        ACCEPTED
    }
}
