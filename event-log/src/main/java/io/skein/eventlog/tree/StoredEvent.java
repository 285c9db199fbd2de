package io.skein.eventlog.tree;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One row of the log exactly as it is stored, and the leaf it is in the tree. Names are spelled out, so that the leaf also fixes what an interned number
 * stands for. The leaf needs no plaintext: encrypted content is hashed as it is stored.
 *
 * @param recordedAtMicros microseconds since 1970-01-01T00:00:00Z
 * @param metadata stored bytes; no bytes where the event has none
 */
public record StoredEvent(
        long position,
        UUID eventId,
        long recordedAtMicros,
        long sequence,
        String aggregateType,
        String aggregateId,
        String type,
        @Nullable String revision,
        byte[] payload,
        byte[] metadata) {

    /** First byte of every leaf. */
    public static final byte VERSION = 1;

    /**
     * Canonical bytes, version 1: version (1 byte), position (8), event id (16), time in microseconds (8), sequence (8), then aggregate type, aggregate id,
     * event type, revision, payload and metadata, each as its length (4 bytes) and its bytes. Numbers are big-endian, text is UTF-8, a revision that is
     * absent has length 0xFFFFFFFF.
     */
    public byte[] leaf() {
        byte[] aggregateTypeBytes = aggregateType.getBytes(StandardCharsets.UTF_8);
        byte[] aggregateIdBytes = aggregateId.getBytes(StandardCharsets.UTF_8);
        byte[] typeBytes = type.getBytes(StandardCharsets.UTF_8);
        byte @Nullable [] revisionBytes = revision == null ? null : revision.getBytes(StandardCharsets.UTF_8);
        ByteBuffer leaf = ByteBuffer.allocate(1
                + 8
                + 16
                + 8
                + 8
                + 6 * Integer.BYTES
                + aggregateTypeBytes.length
                + aggregateIdBytes.length
                + typeBytes.length
                + (revisionBytes == null ? 0 : revisionBytes.length)
                + payload.length
                + metadata.length);
        leaf.put(VERSION)
                .putLong(position)
                .putLong(eventId.getMostSignificantBits())
                .putLong(eventId.getLeastSignificantBits())
                .putLong(recordedAtMicros)
                .putLong(sequence);
        put(leaf, aggregateTypeBytes);
        put(leaf, aggregateIdBytes);
        put(leaf, typeBytes);
        if (revisionBytes == null) {
            leaf.putInt(-1);
        } else {
            put(leaf, revisionBytes);
        }
        put(leaf, payload);
        put(leaf, metadata);
        return leaf.array();
    }

    public Instant recordedAt() {
        return Instant.ofEpochSecond(
                Math.floorDiv(recordedAtMicros, 1_000_000L), Math.floorMod(recordedAtMicros, 1_000_000L) * 1_000);
    }

    private static void put(ByteBuffer leaf, byte[] bytes) {
        leaf.putInt(bytes.length).put(bytes);
    }
}
