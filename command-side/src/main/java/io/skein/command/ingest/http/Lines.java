package io.skein.command.ingest.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Cuts a stream into lines, holding one at a time. Ends of line are LF or CR LF; blank lines are passed over. */
final class Lines {
    private final InputStream in;
    private final int maxBytes;
    private final byte[] buffer = new byte[64 * 1024];
    private int next;
    private int end;

    Lines(InputStream in, int maxBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
    }

    /**
     * One line.
     *
     * @param bytes without its end; of one that is too long, the first {@code maxBytes + 1}
     * @param length how long it was
     */
    record Line(byte[] bytes, long length) {}

    /** Null at the end. */
    @Nullable
    Line next() throws IOException {
        while (true) {
            Line line = raw();
            if (line == null || !isBlank(line.bytes())) {
                return line;
            }
        }
    }

    private @Nullable Line raw() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        long length = 0;
        boolean any = false;
        while (true) {
            if (next == end) {
                end = Math.max(0, in.read(buffer));
                next = 0;
                if (end == 0) {
                    return any ? line(line, length) : null;
                }
            }
            any = true;
            int stop = next;
            while (stop < end && buffer[stop] != '\n') {
                stop++;
            }
            length += stop - next;
            int room = maxBytes + 1 - line.size();
            line.write(buffer, next, Math.min(stop - next, room));
            boolean whole = stop < end;
            next = whole ? stop + 1 : stop;
            if (whole) {
                return line(line, length);
            }
        }
    }

    private static Line line(ByteArrayOutputStream line, long length) {
        byte[] bytes = line.toByteArray();
        if (bytes.length > 0 && bytes.length == length && bytes[bytes.length - 1] == '\r') {
            return new Line(java.util.Arrays.copyOf(bytes, bytes.length - 1), length - 1);
        }
        return new Line(bytes, length);
    }

    private static boolean isBlank(byte[] bytes) {
        for (byte unit : bytes) {
            if (unit != ' ' && unit != '\t' && unit != '\r') {
                return false;
            }
        }
        return true;
    }
}
