package io.skein.client;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * One file of the buffer: a header, then records. A record's header has a checksum of its own, so that a length can be trusted before it
 * is used, and begins with bytes that no UTF-8 text contains, so that the next record is found again behind damage.
 *
 * <pre>
 * file header    "SKEINBUF" version:4 base:8 crc:4
 * record         marker:4 length:4 sequence:8 payloadCrc:4 headerCrc:4 payload
 * </pre>
 */
final class Segment {
    static final int HEADER = 24;
    static final int RECORD_HEADER = 24;

    /** Above any envelope of a message within the limits. */
    static final int MAX_PAYLOAD = 4 * 1024 * 1024;

    private static final byte[] MAGIC = "SKEINBUF".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int MARKER = 0xFFFE5C1D;

    /** What stands at an offset. */
    sealed interface Found {
        /** @param next offset behind it */
        record Whole(long sequence, byte[] payload, long next) implements Found {}

        /** @param next offset where reading goes on */
        record Damaged(long next, String why) implements Found {}

        /** The file stops inside a record whose beginning is right, or in zeros: a write that did not finish. */
        record Torn() implements Found {}

        record End() implements Found {}
    }

    final Path path;
    final RandomAccessFile file;
    final long base;
    long size;
    /** The last whole record's; {@code base - 1} if there is none. */
    long lastSequence;

    Segment(Path path, RandomAccessFile file, long base, long size) {
        this.path = path;
        this.file = file;
        this.base = base;
        this.size = size;
        this.lastSequence = base - 1;
    }

    static byte[] header(long base) {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        header.put(MAGIC).putInt(VERSION).putLong(base);
        header.putInt(crc(header.array(), 0, HEADER - 4));
        return header.array();
    }

    boolean hasHeader() throws IOException {
        return size >= HEADER && Arrays.equals(read(0, HEADER), header(base));
    }

    static byte[] record(long sequence, byte[] payload) {
        ByteBuffer record = ByteBuffer.allocate(RECORD_HEADER + payload.length);
        record.putInt(MARKER).putInt(payload.length).putLong(sequence).putInt(crc(payload, 0, payload.length));
        record.putInt(crc(record.array(), 0, RECORD_HEADER - 4));
        return record.put(payload).array();
    }

    /** @param after sequences up to here were seen before; a record that repeats one is damage */
    Found at(long offset, long after) throws IOException {
        long left = size - offset;
        if (left <= 0) {
            return new Found.End();
        }
        byte[] head = read(offset, (int) Math.min(left, RECORD_HEADER));
        ByteBuffer fields = ByteBuffer.wrap(head);
        if (!isHeader(head)) {
            boolean begun = left < RECORD_HEADER && beginsLikeARecord(head);
            if (begun || isZeroFrom(offset)) {
                return new Found.Torn();
            }
            return new Found.Damaged(nextRecord(offset + 1), "no record begins here");
        }
        int length = fields.getInt(4);
        long sequence = fields.getLong(8);
        if (left < RECORD_HEADER + (long) length) {
            return new Found.Torn();
        }
        long next = offset + RECORD_HEADER + length;
        byte[] payload = read(offset + RECORD_HEADER, length);
        if (crc(payload, 0, length) != fields.getInt(16)) {
            return new Found.Damaged(next, "checksum of record " + sequence + " does not match");
        }
        if (sequence <= after) {
            return new Found.Damaged(next, "record " + sequence + " follows record " + after);
        }
        return new Found.Whole(sequence, payload, next);
    }

    /** The first record's offset at or after the given one, or the file's end. O(distance). */
    long nextRecord(long from) throws IOException {
        int window = 64 * 1024;
        for (long start = from; start < size; start += window) {
            byte[] bytes = read(start, (int) Math.min(size - start, window + RECORD_HEADER - 1));
            for (int i = 0; i < Math.min(bytes.length, window); i++) {
                if (bytes[i] == (byte) 0xFF
                        && i + RECORD_HEADER <= bytes.length
                        && isHeader(Arrays.copyOfRange(bytes, i, i + RECORD_HEADER))) {
                    return start + i;
                }
            }
        }
        return size;
    }

    byte[] read(long offset, int length) throws IOException {
        byte[] bytes = new byte[length];
        file.seek(offset);
        file.readFully(bytes);
        return bytes;
    }

    private static boolean isHeader(byte[] head) {
        if (head.length < RECORD_HEADER) {
            return false;
        }
        ByteBuffer fields = ByteBuffer.wrap(head);
        int length = fields.getInt(4);
        return fields.getInt(0) == MARKER
                && fields.getInt(RECORD_HEADER - 4) == crc(head, 0, RECORD_HEADER - 4)
                && length >= 0
                && length <= MAX_PAYLOAD;
    }

    private static boolean beginsLikeARecord(byte[] head) {
        byte[] marker = ByteBuffer.allocate(4).putInt(MARKER).array();
        int compared = Math.min(head.length, marker.length);
        return Arrays.equals(head, 0, compared, marker, 0, compared);
    }

    private boolean isZeroFrom(long offset) throws IOException {
        for (long start = offset; start < size; start += 64 * 1024) {
            for (byte b : read(start, (int) Math.min(size - start, 64 * 1024))) {
                if (b != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    static int crc(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }
}
