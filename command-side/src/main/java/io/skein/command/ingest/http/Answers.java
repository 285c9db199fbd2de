package io.skein.command.ingest.http;

import io.skein.eventlog.KernelJson;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** Successful answers in the language's JSON. */
final class Answers {
    private Answers() {}

    /** An answer of which a part is to be sent again later. */
    static ResponseEntity<byte[]> json(Object answer, String retryAfterSeconds) {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .header(HttpHeaders.RETRY_AFTER, retryAfterSeconds)
                .body(KernelJson.mapper().writeValueAsBytes(answer));
    }

    static ResponseEntity<byte[]> json(Object answer) {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .body(KernelJson.mapper().writeValueAsBytes(answer));
    }
}
