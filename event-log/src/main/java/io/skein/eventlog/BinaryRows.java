package io.skein.eventlog;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the log's rows from PostgreSQL's binary COPY format (PostgreSQL manual, COPY, "Binary Format"). One stream each. */
final class BinaryRows {
    private static final int HEADER_BYTES = 19;
    private static final int COLUMNS = 10;
    private static final long POSTGRES_EPOCH_SECONDS = 946_684_800L;
    private static final byte[] NO_METADATA = {'{', '}'};

    private boolean headerSeen;
    // Consecutive events are often of the same few aggregates and always of the same few revisions.
    private String revision = "1";

    interface Names {
        String of(short number) throws SQLException;
    }

    /** The row that one portion of the stream holds; null for the portion that ends it or only begins it. */
    @Nullable
    LogRow read(byte[] data, Names names) throws SQLException {
        ByteBuffer in = ByteBuffer.wrap(data);
        if (!headerSeen) {
            headerSeen = true;
            in.position(HEADER_BYTES);
        }
        if (!in.hasRemaining()) {
            return null;
        }
        int columns = in.getShort();
        if (columns < 0) {
            return null;
        }
        if (columns != COLUMNS) {
            throw new IllegalStateException("a row of event_log has " + columns + " columns; expected " + COLUMNS);
        }
        long position = int8(in);
        in.getInt();
        UUID eventId = new UUID(in.getLong(), in.getLong());
        String aggregateType = names.of(int2(in));
        String aggregateId = new String(present(in), StandardCharsets.UTF_8);
        long sequence = int8(in);
        String payloadType = names.of(int2(in));
        String storedRevision = revision(in);
        long micros = int8(in);
        Instant recordedAt = Instant.ofEpochSecond(
                POSTGRES_EPOCH_SECONDS + Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000);
        byte[] payload = present(in);
        byte[] metadata = present(in);
        return new LogRow(
                position,
                eventId,
                aggregateType,
                aggregateId,
                sequence,
                payloadType,
                storedRevision,
                recordedAt,
                payload,
                isNone(metadata) ? NO_METADATA : metadata);
    }

    private @Nullable String revision(ByteBuffer in) {
        byte[] bytes = bytes(in);
        if (bytes == null) {
            return null;
        }
        if (bytes.length != revision.length() || !revision.equals(new String(bytes, StandardCharsets.UTF_8))) {
            revision = new String(bytes, StandardCharsets.UTF_8);
        }
        return revision;
    }

    private static boolean isNone(byte[] metadata) {
        return metadata.length == 0 || (metadata.length == 2 && metadata[0] == '{');
    }

    private static long int8(ByteBuffer in) {
        in.getInt();
        return in.getLong();
    }

    private static short int2(ByteBuffer in) {
        in.getInt();
        return in.getShort();
    }

    private static byte[] present(ByteBuffer in) {
        byte[] bytes = bytes(in);
        if (bytes == null) {
            throw new IllegalStateException("a row of event_log has null where it must not; expected the log's schema");
        }
        return bytes;
    }

    private static byte @Nullable [] bytes(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
