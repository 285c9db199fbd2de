package io.skein.standalone.server;

import io.skein.eventlog.KernelJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Everything that has to survive: one folder, used by one process at a time. */
public final class DataFolder implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final String SERVER = "server.json";

    private final Path folder;
    private final FileChannel channel;
    private final FileLock lock;

    private DataFolder(Path folder, FileChannel channel, FileLock lock) {
        this.folder = folder;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Takes the folder for this process, making it if it is not there. A lock left by a killed process is none.
     *
     * @throws StartException if another process has it; the message says which
     */
    public static DataFolder take(Path folder) {
        try {
            Path absolute = folder.toAbsolutePath().normalize();
            Files.createDirectories(absolute);
            FileChannel channel = FileChannel.open(
                    absolute.resolve(LOCK),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                throw new StartException("data folder " + absolute + " is in use by "
                        + Files.readString(absolute.resolve(LOCK)).strip()
                        + "; stop that one, or name another folder with --data");
            }
            DataFolder taken = new DataFolder(absolute, channel, lock);
            taken.say("process " + ProcessHandle.current().pid() + " since " + Instant.now());
            return taken;
        } catch (IOException failure) {
            throw new StartException("data folder " + folder + " cannot be used: " + failure, failure);
        }
    }

    /** Where the server on this folder says that it is, if one does and its process lives. */
    public static Optional<URI> runningServer(Path folder) {
        Path file = folder.resolve(SERVER);
        try {
            JsonNode node = KernelJson.mapper().readTree(Files.readAllBytes(file));
            boolean alive = ProcessHandle.of(node.path("pid").asLong(-1))
                    .filter(ProcessHandle::isAlive)
                    .isPresent();
            return alive ? Optional.of(URI.create(node.path("url").asString(""))) : Optional.empty();
        } catch (IOException | JacksonException | IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    public Path path() {
        return folder;
    }

    Path postgres() {
        return folder.resolve("postgres");
    }

    Path kafka() {
        return folder.resolve("kafka");
    }

    /** Keys and checkpoints, which must not be where the database is. */
    Path evidence() {
        return evidence(folder);
    }

    /** As {@link #evidence()}, of a folder that somebody else may have taken. */
    public static Path evidence(Path folder) {
        return folder.resolve("evidence");
    }

    Path secrets() {
        return folder.resolve("secrets.properties");
    }

    /** Tells our own commands where the server is. */
    void announce(URI url, String kafka) {
        Map<String, Object> server = new LinkedHashMap<>();
        server.put("pid", ProcessHandle.current().pid());
        server.put("url", url.toString());
        server.put("kafka", kafka);
        server.put("startedAt", Instant.now().toString());
        try {
            Path next = folder.resolve(SERVER + ".next");
            Files.write(next, KernelJson.mapper().writeValueAsBytes(server));
            Files.move(
                    next, folder.resolve(SERVER), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            say("process " + ProcessHandle.current().pid() + ", which answers at " + url);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot write " + folder.resolve(SERVER), failure);
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(folder.resolve(SERVER));
            lock.release();
            channel.close();
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot give back " + folder, failure);
        }
    }

    private void say(String holder) throws IOException {
        channel.truncate(0);
        channel.write(ByteBuffer.wrap((holder + "\n").getBytes(StandardCharsets.UTF_8)), 0);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldHere) {
            return null;
        }
    }
}
