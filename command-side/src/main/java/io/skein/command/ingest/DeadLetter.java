package io.skein.command.ingest;

import io.skein.kernel.problem.Refusal;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that a door could not turn into a recorded message.
 *
 * @param original bytes as they came, at most {@link DeadLetters#MAX_ORIGINAL_BYTES} of them
 * @param source where it came from; null for doors that have no place to point at
 * @param at when it was found faulty
 * @param form how the original was to be read
 */
public record DeadLetter(
        String door,
        Refusal refusal,
        @Nullable String networkId,
        @Nullable String messageId,
        byte[] original,
        byte @Nullable [] key,
        @Nullable Source source,
        Instant at,
        Form form) {
    /** Place on a topic. */
    public record Source(String topic, int partition, long offset) {}

    /**
     * How bytes are to be read.
     *
     * @param dialect stable word; empty where none is known
     * @param attributes what came beside the bytes and belongs to them
     */
    public record Form(String dialect, Map<String, String> attributes) {
        public static final Form UNKNOWN = new Form("");
        public static final Form MESSAGE = new Form("message");
        public static final Form CLOUD_EVENT = new Form("cloud_event");
        public static final String CLOUD_EVENT_BINARY = "cloud_event_binary";
        public static final String A2A = "a2a";

        public Form {
            attributes = Map.copyOf(attributes);
        }

        public Form(String dialect) {
            this(dialect, Map.of());
        }
    }

    public DeadLetter(
            String door,
            Refusal refusal,
            @Nullable String networkId,
            @Nullable String messageId,
            byte[] original,
            byte @Nullable [] key,
            @Nullable Source source,
            Instant at) {
        this(door, refusal, networkId, messageId, original, key, source, at, Form.UNKNOWN);
    }
}
