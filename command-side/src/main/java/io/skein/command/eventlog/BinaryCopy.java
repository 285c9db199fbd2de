package io.skein.command.eventlog;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Builds rows in PostgreSQL's binary COPY format (PostgreSQL manual, COPY, "Binary Format"). Not thread-safe; reusable after {@link #reset}. */
final class BinaryCopy {
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0};
    private static final long POSTGRES_EPOCH_SECONDS = 946_684_800L;

    private byte[] bytes = new byte[1 << 16];
    private int size;

    void reset() {
        size = 0;
        ensure(32);
        System.arraycopy(SIGNATURE, 0, bytes, 0, SIGNATURE.length);
        size = SIGNATURE.length;
        putInt(0);
        putInt(0);
    }

    void row(int columns) {
        putShort((short) columns);
    }

    void int8(long value) {
        putInt(Long.BYTES);
        putLong(value);
    }

    void int2(short value) {
        putInt(Short.BYTES);
        putShort(value);
    }

    void uuid(UUID value) {
        putInt(16);
        putLong(value.getMostSignificantBits());
        putLong(value.getLeastSignificantBits());
    }

    /** Microseconds since 2000-01-01; finer parts of the instant are cut off. */
    void timestamptz(Instant value) {
        putInt(Long.BYTES);
        putLong((value.getEpochSecond() - POSTGRES_EPOCH_SECONDS) * 1_000_000L + value.getNano() / 1_000);
    }

    void text(@Nullable String value) {
        if (value == null) {
            putInt(-1);
        } else {
            bytea(value.getBytes(StandardCharsets.UTF_8));
        }
    }

    void bytea(byte[] value) {
        putInt(value.length);
        ensure(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    void end() {
        putShort((short) -1);
    }

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    private void putShort(short value) {
        ensure(Short.BYTES);
        bytes[size++] = (byte) (value >>> 8);
        bytes[size++] = (byte) value;
    }

    private void putInt(int value) {
        ensure(Integer.BYTES);
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (value >>> shift);
        }
    }

    private void putLong(long value) {
        ensure(Long.BYTES);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (value >>> shift);
        }
    }

    private void ensure(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
        }
    }
}
