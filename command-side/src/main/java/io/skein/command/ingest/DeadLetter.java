package io.skein.command.ingest;

import io.skein.kernel.problem.Refusal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that a door could not turn into a recorded message.
 *
 * @param original bytes as they came, at most {@link DeadLetters#MAX_ORIGINAL_BYTES} of them
 * @param source where it came from; null for doors that have no place to point at
 * @param at when it was found faulty
 */
public record DeadLetter(
        String door,
        Refusal refusal,
        @Nullable String networkId,
        @Nullable String messageId,
        byte[] original,
        byte @Nullable [] key,
        @Nullable Source source,
        Instant at) {
    /** Place on a topic. */
    public record Source(String topic, int partition, long offset) {}
}
