package io.skein.eventlog.tree;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What must not be in the database that it watches over: the signing key ({@value #KEY}, readable by its owner alone), the public keys ({@value #PUBLIC}, one a line, the newest last)
 * and every checkpoint ever signed ({@value #CHECKPOINTS}, an empty line after each). Whoever changes the database cannot change these.
 */
public final class EvidenceFolder {
    public static final String KEY = "signing.key";
    public static final String PUBLIC = "public.keys";
    public static final String CHECKPOINTS = "checkpoints";

    private static final int TAIL_BYTES = 16 * 1024;

    private final Path folder;

    public EvidenceFolder(Path folder) {
        this.folder = folder;
    }

    public Path path() {
        return folder;
    }

    /** What the key file holds: the key in use and, where it was changed, the one before. */
    public record Keys(SigningKey current, Optional<SigningKey> before) {}

    /**
     * Reads the key file.
     *
     * @return empty if there is none
     * @throws IllegalStateException if others than its owner may read it, or it holds no key
     */
    public Optional<Keys> keys() throws IOException {
        Path file = folder.resolve(KEY);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        if (isPosix()) {
            Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file);
            if (rights.stream().anyMatch(right -> !right.name().startsWith("OWNER_"))) {
                throw new IllegalStateException("signing key " + file + " has rights "
                        + PosixFilePermissions.toString(rights) + "; expected none for group and others");
            }
        }
        List<String> lines = Files.readAllLines(file);
        try {
            SigningKey current = SigningKey.parse(lines.get(0), lines.get(1));
            Optional<SigningKey> before =
                    lines.size() >= 4 ? Optional.of(SigningKey.parse(lines.get(2), lines.get(3))) : Optional.empty();
            return Optional.of(new Keys(current, before));
        } catch (IllegalArgumentException | IndexOutOfBoundsException broken) {
            throw new IllegalStateException("signing key " + file + " holds no key of two lines", broken);
        }
    }

    /** Makes a key for a new log. */
    public Keys create(String origin) throws IOException {
        SigningKey key = SigningKey.generate(origin);
        Files.createDirectories(folder);
        writeKeys(key.text());
        announce(key.verifier());
        return new Keys(key, Optional.empty());
    }

    /**
     * Makes a new key for the same log; the one before vouches for it when the signer adopts it.
     *
     * @throws IllegalStateException if there is no key yet
     */
    public Keys rotate() throws IOException {
        SigningKey before = keys().orElseThrow(() ->
                        new IllegalStateException("there is no key in " + folder + " yet; expected one to replace"))
                .current();
        SigningKey next = SigningKey.generate(before.verifier().name());
        writeKeys(next.text() + before.text());
        announce(next.verifier());
        return new Keys(next, Optional.of(before));
    }

    /** All public keys, the newest last; none where the file is not there. */
    public List<VerifierKey> publicKeys() throws IOException {
        Path file = folder.resolve(PUBLIC);
        if (!Files.exists(file)) {
            return List.of();
        }
        return Files.readAllLines(file).stream()
                .filter(line -> !line.isBlank())
                .map(VerifierKey::parse)
                .toList();
    }

    /** Makes sure that the public key stands in the file. */
    public void announce(VerifierKey key) throws IOException {
        if (publicKeys().stream().noneMatch(known -> known.id().equals(key.id()))) {
            append(PUBLIC, key.text() + "\n");
        }
    }

    /** Adds a signed checkpoint; on disk when this returns. */
    public void append(String note) throws IOException {
        append(CHECKPOINTS, note + "\n");
    }

    /** The newest checkpoint; empty where none was signed. */
    public Optional<String> newest() throws IOException {
        Path file = folder.resolve(CHECKPOINTS);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long from = Math.max(0, channel.size() - TAIL_BYTES);
            ByteBuffer end = ByteBuffer.allocate((int) (channel.size() - from));
            while (end.hasRemaining() && channel.read(end, from + end.position()) >= 0) {
                // Reads on until the end.
            }
            List<String> notes = new ArrayList<>();
            split(new String(end.array(), StandardCharsets.UTF_8).lines().toList(), notes::add);
            return notes.isEmpty() ? Optional.empty() : Optional.of(notes.getLast());
        }
    }

    /** Takes a note. */
    @FunctionalInterface
    public interface NoteTaker {
        void take(String note) throws IOException;
    }

    /** Gives every checkpoint, oldest first. */
    public void checkpoints(NoteTaker taker) throws IOException {
        Path file = folder.resolve(CHECKPOINTS);
        if (!Files.exists(file)) {
            return;
        }
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            List<String> lines = new ArrayList<>();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
                if (line.isEmpty()
                        && lines.size() > 1
                        && lines.get(lines.size() - 2).startsWith("— ")) {
                    split(lines, taker);
                    lines.clear();
                }
            }
            split(lines, taker);
        }
    }

    /** Whole notes among the lines: each ends with signature lines and an empty line; one that was cut off by a crash or begins before the lines do is none. */
    private static void split(List<String> lines, NoteTaker taker) throws IOException {
        StringBuilder note = new StringBuilder();
        boolean signed = false;
        for (String line : lines) {
            if (line.isEmpty() && signed) {
                if (isNote(note.toString())) {
                    taker.take(note.toString());
                }
                note.setLength(0);
                signed = false;
            } else {
                note.append(line).append('\n');
                signed = line.startsWith("— ");
            }
        }
    }

    private static boolean isNote(String note) {
        try {
            Checkpoint.parse(SignedNote.parse(note).text());
            return true;
        } catch (IllegalArgumentException cutOff) {
            return false;
        }
    }

    private void append(String name, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(
                folder.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private void writeKeys(String text) throws IOException {
        Path next = folder.resolve(KEY + ".next");
        Files.deleteIfExists(next);
        Files.createFile(next, ownerOnly());
        Files.writeString(next, text);
        try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(next, folder.resolve(KEY), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static boolean isPosix() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }

    private static FileAttribute<?>[] ownerOnly() {
        return isPosix()
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }
}
