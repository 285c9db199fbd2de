package io.skein.query.evidence;

import io.skein.eventlog.KernelJson;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A zip that is written from its beginning to its end and knows length and hash of what was put into it. */
final class Bundle {
    /** One file of it. */
    record File(String name, long bytes, String sha256) {}

    @FunctionalInterface
    interface Content {
        void write(OutputStream out) throws IOException;
    }

    private final ZipOutputStream zip;
    private final List<File> files = new ArrayList<>();

    Bundle(OutputStream out) {
        zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
    }

    void put(String name, String text) throws IOException {
        put(name, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    void putJson(String name, Object content) throws IOException {
        put(name, KernelJson.mapper().writeValueAsString(content) + "\n");
    }

    void put(String name, Content content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        // The time would only make two exports of the same events differ.
        entry.setTimeLocal(java.time.LocalDateTime.of(2000, 1, 1, 0, 0));
        zip.putNextEntry(entry);
        Counting counting = new Counting(zip);
        DigestOutputStream digest = new DigestOutputStream(counting, sha256());
        content.write(digest);
        zip.closeEntry();
        files.add(new File(
                name,
                counting.bytes,
                HexFormat.of().formatHex(digest.getMessageDigest().digest())));
    }

    List<File> files() {
        return List.copyOf(files);
    }

    void finish() throws IOException {
        zip.finish();
        zip.flush();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }

    /** Counts, and leaves what lies below open. */
    private static final class Counting extends FilterOutputStream {
        private long bytes;

        Counting(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            bytes++;
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            out.write(b, off, len);
            bytes += len;
        }
    }
}
