package io.skein.client;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;

/** Lets the process die inside a write, after a given number of bytes, or before any other operation. What was written before stays. */
final class CrashingDisk extends Disk {
    /** The death of the process, as far as one process can play it. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("the process died here", null, false, false);
        }
    }

    private long bytesToLive;

    CrashingDisk(long bytesToLive) {
        this.bytesToLive = bytesToLive;
    }

    @Override
    void write(RandomAccessFile file, long offset, byte[] bytes) throws IOException {
        if (bytesToLive < bytes.length) {
            super.write(file, offset, Arrays.copyOf(bytes, (int) Math.max(0, bytesToLive)));
            bytesToLive = -1;
            throw new Crash();
        }
        bytesToLive -= bytes.length;
        super.write(file, offset, bytes);
    }

    @Override
    void truncate(RandomAccessFile file, long length) throws IOException {
        spend();
        super.truncate(file, length);
    }

    @Override
    void delete(Path path) throws IOException {
        spend();
        super.delete(path);
    }

    private void spend() {
        bytesToLive -= 1;
        if (bytesToLive < 0) {
            throw new Crash();
        }
    }
}
