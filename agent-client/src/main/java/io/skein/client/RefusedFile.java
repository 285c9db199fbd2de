package io.skein.client;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;

/** Messages that the receiver will never take, one JSON object a line, so that a person can mend and send them. The older half goes. */
final class RefusedFile {
    private static final Logger LOG = LoggerFactory.getLogger(RefusedFile.class);
    private static final long MAX_BYTES = 16L * 1024 * 1024;

    private final Path file;
    private final Path older;

    RefusedFile(Path folder) {
        this.file = folder.resolve("refused.ndjson");
        this.older = folder.resolve("refused.older.ndjson");
    }

    void add(Envelope envelope, BusException why) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = Json.writer(line)) {
            json.writeStartObject();
            json.writeStringProperty("at", Instant.now().toString());
            json.writeStringProperty("reason", why.reason().name());
            json.writeStringProperty("detail", why.getMessage());
            json.writeName("message");
            json.writeRawValue(new String(envelope.json(), StandardCharsets.UTF_8));
            json.writeEndObject();
        }
        line.append('\n');
        try {
            if (Files.exists(file) && Files.size(file) > MAX_BYTES) {
                Files.move(file, older, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.writeString(file, line.toString(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failure) {
            LOG.error("event=refused_message_not_kept message={} file={}", envelope.messageId(), file, failure);
        }
    }
}
