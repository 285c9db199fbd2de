package io.skein.eventlog.tree;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The two hashes of RFC 6962: of a leaf and of a node. Not thread-safe; one for each thread. */
public final class Hashes {
    /** Bytes of a hash. */
    public static final int SIZE = 32;

    private final MessageDigest sha256;

    public Hashes() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }

    /** Root of the tree without leaves. */
    public byte[] empty() {
        return sha256.digest();
    }

    public byte[] leaf(byte[] data) {
        sha256.update((byte) 0);
        return sha256.digest(data);
    }

    public byte[] node(byte[] left, byte[] right) {
        sha256.update((byte) 1);
        sha256.update(left);
        return sha256.digest(right);
    }

    /** Root over {@code count} (a power of two) hashes that lie side by side from {@code offset} on. */
    byte[] fold(byte[] hashes, int offset, int count) {
        byte[] work = new byte[count * SIZE];
        System.arraycopy(hashes, offset, work, 0, work.length);
        try {
            for (int width = count; width > 1; width /= 2) {
                for (int i = 0; i < width; i += 2) {
                    sha256.update((byte) 1);
                    sha256.update(work, i * SIZE, 2 * SIZE);
                    sha256.digest(work, i / 2 * SIZE, SIZE);
                }
            }
        } catch (java.security.DigestException tooSmall) {
            throw new IllegalStateException("SHA-256 gave more than 32 bytes", tooSmall);
        }
        return count == 1 ? work : java.util.Arrays.copyOf(work, SIZE);
    }
}
