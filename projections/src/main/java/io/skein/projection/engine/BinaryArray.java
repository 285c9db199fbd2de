package io.skein.projection.engine;

import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Oid;
import org.postgresql.jdbc.PgArray;

/**
 * An array parameter in PostgreSQL's binary form (element count, type, each element with its length), because writing and parsing numbers and times as text
 * costs more than everything else about a batch of rows.
 */
final class BinaryArray {
    /**
     * @param element and
     * @param array object ids of PostgreSQL's catalogue
     */
    record Type(int element, int array) {}

    static final Type TEXT = new Type(Oid.TEXT, Oid.TEXT_ARRAY);
    static final Type INT8 = new Type(Oid.INT8, Oid.INT8_ARRAY);
    static final Type FLOAT8 = new Type(Oid.FLOAT8, Oid.FLOAT8_ARRAY);
    static final Type BOOL = new Type(Oid.BOOL, Oid.BOOL_ARRAY);
    static final Type BYTEA = new Type(Oid.BYTEA, Oid.BYTEA_ARRAY);
    static final Type TIMESTAMPTZ = new Type(Oid.TIMESTAMPTZ, Oid.TIMESTAMPTZ_ARRAY);

    private static final int HAS_NULLS_AT = 4;
    private static final long POSTGRES_EPOCH_SECONDS = 946_684_800L;

    private final Type type;
    private byte[] bytes;
    private int size;

    /** @param elements how many will be put, 1 or more */
    BinaryArray(Type type, int elements) {
        this.type = type;
        this.bytes = new byte[20 + elements * 16];
        putInt(1);
        putInt(0);
        putInt(type.element());
        putInt(elements);
        putInt(1);
    }

    void text(@Nullable String value) {
        bytea(value == null ? null : value.getBytes(StandardCharsets.UTF_8));
    }

    void bytea(byte @Nullable [] value) {
        if (value == null) {
            none();
            return;
        }
        putInt(value.length);
        room(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    void int8(@Nullable Long value) {
        if (value == null) {
            none();
            return;
        }
        putInt(Long.BYTES);
        putLong(value);
    }

    void float8(@Nullable Double value) {
        int8(value == null ? null : Double.doubleToLongBits(value));
    }

    void bool(@Nullable Boolean value) {
        if (value == null) {
            none();
            return;
        }
        putInt(1);
        room(1);
        bytes[size++] = (byte) (value ? 1 : 0);
    }

    /** Microseconds since 2000-01-01; finer parts of the instant are cut off. */
    void timestamptz(@Nullable Instant value) {
        int8(
                value == null
                        ? null
                        : (value.getEpochSecond() - POSTGRES_EPOCH_SECONDS) * 1_000_000L + value.getNano() / 1_000);
    }

    private void none() {
        bytes[HAS_NULLS_AT + 3] = 1;
        putInt(-1);
    }

    Array on(Connection connection) throws SQLException {
        return new PgArray(connection.unwrap(BaseConnection.class), type.array(), Arrays.copyOf(bytes, size));
    }

    private void putInt(int value) {
        room(Integer.BYTES);
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (value >>> shift);
        }
    }

    private void putLong(long value) {
        room(Long.BYTES);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (value >>> shift);
        }
    }

    private void room(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
        }
    }
}
