package io.skein.standalone.load;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Reads a file line by line in constant memory, whatever is in it. Empty lines are passed over; a name that ends in .gz is unpacked. */
final class LineReader implements AutoCloseable {
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final String name;
    private final int longest;
    private final CountingInput counted;
    private final InputStream input;
    private long number;

    /** @param longest bytes that a line may have */
    LineReader(Path file, int longest) throws IOException {
        this(file.toString(), Files.newInputStream(file), longest);
    }

    LineReader(String name, InputStream source, int longest) throws IOException {
        this.name = name;
        this.longest = longest;
        this.counted = new CountingInput(source);
        InputStream plain = name.endsWith(".gz") ? new GZIPInputStream(counted, 1 << 16) : counted;
        this.input = new BufferedInputStream(plain, 1 << 16);
    }

    /** Null at the end. */
    @Nullable
    Line next() throws IOException {
        while (true) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
            boolean tooLong = false;
            int one = input.read();
            if (one < 0) {
                return null;
            }
            number++;
            while (one >= 0 && one != '\n') {
                if (bytes.size() == longest) {
                    tooLong = true;
                } else {
                    bytes.write(one);
                }
                one = input.read();
            }
            byte[] line = number == 1 ? withoutMark(bytes.toByteArray()) : bytes.toByteArray();
            if (tooLong) {
                return new Line(name, number, new byte[0], true);
            }
            if (!isBlank(line)) {
                return new Line(name, number, line, false);
            }
        }
    }

    /** Bytes taken from the file so far. */
    long bytesRead() {
        return counted.count;
    }

    @Override
    public void close() throws IOException {
        input.close();
    }

    private static byte[] withoutMark(byte[] line) {
        if (line.length < 3) {
            return line;
        }
        for (int i = 0; i < 3; i++) {
            if (line[i] != BYTE_ORDER_MARK[i]) {
                return line;
            }
        }
        return java.util.Arrays.copyOfRange(line, 3, line.length);
    }

    private static boolean isBlank(byte[] line) {
        for (byte one : line) {
            if (one != ' ' && one != '\t' && one != '\r') {
                return false;
            }
        }
        return true;
    }

    private static final class CountingInput extends FilterInputStream {
        private long count;

        CountingInput(InputStream source) {
            super(source);
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            count += one < 0 ? 0 : 1;
            return one;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = super.read(into, offset, length);
            count += Math.max(0, read);
            return read;
        }
    }
}
