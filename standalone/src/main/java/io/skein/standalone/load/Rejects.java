package io.skein.standalone.load;

import io.skein.eventlog.KernelJson;
import io.skein.standalone.client.Answer;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells a person which lines were refused and why: the first ones on the screen, all of them in a file if one is named. */
final class Rejects implements AutoCloseable {
    private static final int SHOWN = 20;

    private final PrintWriter screen;
    private final @Nullable BufferedWriter file;
    private long count;

    Rejects(PrintWriter screen, @Nullable Path file) throws IOException {
        this.screen = screen;
        this.file = file == null ? null : Files.newBufferedWriter(file);
    }

    void add(Line line, Answer answer) throws IOException {
        count++;
        if (count <= SHOWN) {
            screen.println("  " + line.file() + ":" + line.number() + "  "
                    + (answer.messageId() == null ? "" : answer.messageId() + "  ") + answer.problem());
        } else if (count == SHOWN + 1) {
            screen.println("  … more" + (file == null ? "; name a file with --rejects to have all of them" : ""));
        }
        if (file != null) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("file", line.file());
            entry.put("line", line.number());
            put(entry, "messageId", answer.messageId());
            Answer.Problem problem = answer.problem();
            if (problem != null) {
                entry.put("reason", problem.reason());
                put(entry, "field", problem.field());
                put(entry, "detail", problem.detail());
            }
            file.write(KernelJson.mapper().writeValueAsString(entry));
            file.newLine();
        }
    }

    @Override
    public void close() throws IOException {
        screen.flush();
        if (file != null) {
            file.close();
        }
    }

    private static void put(Map<String, Object> entry, String name, @Nullable String value) {
        if (value != null) {
            entry.put(name, value);
        }
    }
}
