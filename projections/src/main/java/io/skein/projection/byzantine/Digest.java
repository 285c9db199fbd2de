package io.skein.projection.byzantine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The first 128 bits of SHA-256. */
record Digest(long high, long low) {
    static Digest of(String text) {
        try {
            ByteBuffer hash =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
            return new Digest(hash.getLong(), hash.getLong());
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }

    static void write(DataOutput out, Digest digest) throws IOException {
        out.writeLong(digest.high);
        out.writeLong(digest.low);
    }

    static Digest read(DataInput in) throws IOException {
        return new Digest(in.readLong(), in.readLong());
    }
}
