package io.skein.standalone.load;

import io.skein.kernel.message.MessageLimits;
import io.skein.standalone.client.Answer;
import io.skein.standalone.client.ServerClient;
import io.skein.standalone.client.UnreachableException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Streams files into a server: one batch under way, the next ones being read meanwhile, so that the order of a file is kept. */
public final class Importer {
    private static final int BATCH_MESSAGES = 500;
    private static final int BATCH_BYTES = 1 << 20;
    private static final int BATCHES_AHEAD = 4;

    /** An empty one is the end. */
    private record Batch(List<Line> lines, long bytesRead) {}

    private final ServerClient client;
    private final PrintWriter out;
    private final boolean terminal;
    private final @Nullable Path rejectsFile;

    /** @param rejectsFile where every refused line is written as JSON; null for nowhere */
    public Importer(ServerClient client, PrintWriter out, boolean terminal, @Nullable Path rejectsFile) {
        this.client = client;
        this.out = out;
        this.terminal = terminal;
        this.rejectsFile = rejectsFile;
    }

    /**
     * Sends the files one after the other.
     *
     * @throws IOException if a file cannot be read
     * @throws UnreachableException if the server stays away
     */
    public ImportResult run(List<Path> files) throws IOException, InterruptedException {
        ImportResult all = ImportResult.NOTHING;
        try (Rejects rejects = new Rejects(out, rejectsFile)) {
            for (Path file : files) {
                all = all.plus(one(file, rejects));
            }
        }
        return all;
    }

    private ImportResult one(Path file, Rejects rejects) throws IOException, InterruptedException {
        long began = System.nanoTime();
        Progress progress = new Progress(
                out, terminal, String.valueOf(file.getFileName()), Files.isRegularFile(file) ? Files.size(file) : 0);
        BlockingQueue<Batch> ahead = new ArrayBlockingQueue<>(BATCHES_AHEAD);
        AtomicReference<@Nullable IOException> unreadable = new AtomicReference<>();
        Thread reader = Thread.ofVirtual().name("import-reader").start(() -> read(file, ahead, unreadable));
        ImportResult result = ImportResult.NOTHING;
        long bytes = 0;
        try {
            for (Batch batch = take(ahead); !batch.lines().isEmpty(); batch = take(ahead)) {
                result = result.plus(send(batch.lines(), rejects));
                bytes = batch.bytesRead();
                progress.show(bytes, result.read(), false);
            }
        } finally {
            reader.interrupt();
        }
        progress.show(bytes, result.read(), true);
        IOException failure = unreadable.get();
        if (failure != null) {
            throw new IOException(file + " could not be read to its end: " + failure.getMessage(), failure);
        }
        return result.plus(new ImportResult(0, 0, 0, 0, 0, 0, Duration.ofNanos(System.nanoTime() - began)));
    }

    private static Batch take(BlockingQueue<Batch> ahead) throws InterruptedException {
        while (true) {
            Batch batch = ahead.poll(1, TimeUnit.MINUTES);
            if (batch != null) {
                return batch;
            }
        }
    }

    private static void read(Path file, BlockingQueue<Batch> ahead, AtomicReference<@Nullable IOException> unreadable) {
        try {
            try (LineReader reader = new LineReader(file, MessageLimits.MAX_MESSAGE_BYTES)) {
                List<Line> lines = new ArrayList<>();
                int size = 0;
                for (Line line = reader.next(); line != null; line = reader.next()) {
                    if (!lines.isEmpty()
                            && (lines.size() == BATCH_MESSAGES || size + line.bytes().length > BATCH_BYTES)) {
                        ahead.put(new Batch(lines, reader.bytesRead()));
                        lines = new ArrayList<>();
                        size = 0;
                    }
                    lines.add(line);
                    size += line.bytes().length;
                }
                if (!lines.isEmpty()) {
                    ahead.put(new Batch(lines, reader.bytesRead()));
                }
            } catch (IOException failure) {
                unreadable.set(failure);
            }
            ahead.put(new Batch(List.of(), 0));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private ImportResult send(List<Line> lines, Rejects rejects) throws IOException, InterruptedException {
        List<Line> sendable = lines.stream().filter(line -> !line.tooLong()).toList();
        ServerClient.Sent sent = sendable.isEmpty()
                ? new ServerClient.Sent(List.of(), 0)
                : client.send(sendable.stream().map(Line::bytes).toList());
        long recorded = 0;
        long duplicates = 0;
        long blocked = 0;
        long refused = 0;
        int next = 0;
        for (Line line : lines) {
            Answer answer = line.tooLong()
                    ? Answer.refused(
                            "too_large", "the line has more than " + MessageLimits.MAX_MESSAGE_BYTES + " bytes")
                    : sent.answers().get(next++);
            switch (answer.status()) {
                case RECORDED -> recorded++;
                case DUPLICATE -> duplicates++;
                case BLOCKED -> blocked++;
                case REFUSED -> {
                    refused++;
                    rejects.add(line, answer);
                }
            }
        }
        return new ImportResult(lines.size(), recorded, duplicates, blocked, refused, sent.repeats(), Duration.ZERO);
    }
}
