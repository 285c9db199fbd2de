package io.skein.command.ingest.http;

import io.skein.eventlog.KernelJson;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** Successful answers in the language's JSON. */
final class Answers {
    private Answers() {}

    static ResponseEntity<byte[]> json(Object answer) {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .body(KernelJson.mapper().writeValueAsBytes(answer));
    }
}
