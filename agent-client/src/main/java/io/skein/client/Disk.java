package io.skein.client;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Every change the buffer makes to its folder, one operation of the operating system each: between any two of them, and inside any write,
 * the process may die. Not by channel: an interrupt of the caller would close it.
 */
class Disk {
    static final Disk REAL = new Disk();

    RandomAccessFile open(Path path) throws IOException {
        return new RandomAccessFile(path.toFile(), "rw");
    }

    void write(RandomAccessFile file, long offset, byte[] bytes) throws IOException {
        file.seek(offset);
        file.write(bytes);
    }

    void truncate(RandomAccessFile file, long length) throws IOException {
        file.setLength(length);
    }

    void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    void sync(RandomAccessFile file) throws IOException {
        file.getFD().sync();
    }

    /** Makes new and removed names durable, where the operating system can. */
    void syncFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException unsupported) {
            // Windows opens no folders; names are durable there with the next metadata write.
            return;
        }
    }
}
