package io.skein.command.ingest.http;

import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Reads request bodies within limits. */
public final class Body {
    private static final int BUFFER = 64 * 1024;
    /** Below this a small body may have any ratio. */
    private static final long RATIO_FREE_BYTES = 1 << 20;

    private Body() {}

    /**
     * The body as it was before its encoding.
     *
     * @param maxRatio how much larger it may be than what is sent
     * @throws RefusedException if the encoding is not known
     */
    public static InputStream decoded(InputStream sent, @Nullable String contentEncoding, int maxRatio)
            throws IOException {
        if (contentEncoding == null || contentEncoding.isBlank() || contentEncoding.equalsIgnoreCase("identity")) {
            return sent;
        }
        if (!contentEncoding.trim().equalsIgnoreCase("gzip")) {
            throw refused(Reason.INVALID, "Content-Encoding is not known; expected gzip or none");
        }
        Counted counted = new Counted(sent);
        try {
            return new Guarded(new GZIPInputStream(counted, BUFFER), counted, maxRatio);
        } catch (ZipException | java.io.EOFException noGzip) {
            throw refused(Reason.MALFORMED, "body is no gzip; expected what Content-Encoding says");
        }
    }

    /** @throws RefusedException if it is longer than {@code maxBytes} */
    public static byte[] readAll(InputStream in, long maxBytes) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[BUFFER];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            if (all.size() + (long) read > maxBytes) {
                throw refused(
                        Reason.TOO_LARGE,
                        "body has more than " + maxBytes
                                + " bytes; expected fewer, or one message a line as application/x-ndjson");
            }
            all.write(buffer, 0, read);
        }
        return all.toByteArray();
    }

    private static RefusedException refused(Reason reason, String detail) {
        return new RefusedException(new Refusal(reason, "", detail));
    }

    private static final class Counted extends FilterInputStream {
        private long bytes;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            bytes += read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            bytes += Math.max(0, read);
            return read;
        }
    }

    /** Stops a small body from becoming a huge one. */
    private static final class Guarded extends FilterInputStream {
        private final Counted sent;
        private final int maxRatio;
        private long bytes;

        Guarded(InputStream decoded, Counted sent, int maxRatio) {
            super(decoded);
            this.sent = sent;
            this.maxRatio = maxRatio;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read;
            try {
                read = super.read(buffer, offset, length);
            } catch (ZipException | java.io.EOFException broken) {
                throw refused(Reason.MALFORMED, "body is broken gzip; expected what Content-Encoding says");
            }
            bytes += Math.max(0, read);
            if (bytes > RATIO_FREE_BYTES && bytes / Math.max(1, sent.bytes) > maxRatio) {
                throw refused(
                        Reason.TOO_LARGE,
                        "body grows to more than " + maxRatio + " times what was sent; expected less");
            }
            return read;
        }
    }
}
