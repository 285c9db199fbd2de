package io.skein.query.evidence;

import io.skein.eventlog.tree.StoredEvent;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One event of an export, with everything its leaf is made of.
 *
 * @param payload the stored bytes as text; absent where they are no UTF-8
 * @param payloadBase64 the stored bytes where they are no UTF-8
 * @param proof inclusion path, where not every event of the range is given
 */
record EventLine(
        long position,
        UUID eventId,
        String recordedAt,
        long recordedAtMicros,
        String aggregateType,
        String aggregateId,
        long sequence,
        String type,
        @Nullable String revision,
        @Nullable String payload,
        @Nullable String payloadBase64,
        @Nullable String metadata,
        @Nullable String metadataBase64,
        @Nullable List<String> proof) {

    static EventLine of(StoredEvent event, @Nullable List<String> proof) {
        String payload = text(event.payload());
        String metadata = text(event.metadata());
        return new EventLine(
                event.position(),
                event.eventId(),
                event.recordedAt().toString(),
                event.recordedAtMicros(),
                event.aggregateType(),
                event.aggregateId(),
                event.sequence(),
                event.type(),
                event.revision(),
                payload,
                payload == null ? Base64.getEncoder().encodeToString(event.payload()) : null,
                metadata,
                metadata == null ? Base64.getEncoder().encodeToString(event.metadata()) : null,
                proof);
    }

    /** The bytes as text that gives the same bytes again; null where there is none. */
    private static @Nullable String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException noText) {
            return null;
        }
    }
}
