package io.skein.verify;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** The files of a bundle, a zip or a folder. */
final class BundleFiles implements Closeable {
    private static final int MOST_SMALL_BYTES = 64 << 20;

    private final Path path;
    private final @Nullable ZipFile zip;

    private BundleFiles(Path path, @Nullable ZipFile zip) {
        this.path = path;
        this.zip = zip;
    }

    static BundleFiles open(Path path) throws IOException {
        return new BundleFiles(path, Files.isDirectory(path) ? null : new ZipFile(path.toFile()));
    }

    SortedSet<String> names() throws IOException {
        SortedSet<String> names = new TreeSet<>();
        if (zip == null) {
            try (Stream<Path> files = Files.list(path)) {
                files.forEach(file -> names.add(String.valueOf(file.getFileName())));
            }
        } else {
            zip.stream().map(ZipEntry::getName).forEach(names::add);
        }
        return names;
    }

    boolean has(String name) {
        return zip == null ? Files.exists(path.resolve(name)) : zip.getEntry(name) != null;
    }

    InputStream open(String name) throws IOException {
        if (zip == null) {
            return new BufferedInputStream(Files.newInputStream(path.resolve(name)), 1 << 16);
        }
        ZipEntry entry = Optional.ofNullable(zip.getEntry(name))
                .orElseThrow(() -> new BrokenException("the bundle has no file " + name));
        return new BufferedInputStream(zip.getInputStream(entry), 1 << 16);
    }

    String text(String name) throws IOException {
        if (!has(name)) {
            throw new BrokenException("the bundle has no file " + name);
        }
        try (InputStream in = open(name)) {
            byte[] bytes = in.readNBytes(MOST_SMALL_BYTES);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() throws IOException {
        if (zip != null) {
            zip.close();
        }
    }
}
