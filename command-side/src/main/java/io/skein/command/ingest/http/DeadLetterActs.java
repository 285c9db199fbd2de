package io.skein.command.ingest.http;

import io.skein.command.ingest.CloudEventParser;
import io.skein.command.ingest.DeadLetters;
import io.skein.command.ingest.MessageParser;
import io.skein.command.ingest.MessageRecorder;
import io.skein.command.ingest.Parsed;
import io.skein.command.ingest.RecordResult;
import io.skein.eventlog.KernelJson;
import io.skein.kernel.message.Message;
import io.skein.kernel.page.Page;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.security.Principal;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What an operator does with dead letters. Their content is never shown. */
@RestController("commandDeadLetterActs")
class DeadLetterActs {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterActs.class);
    private static final int PORTION = 50;

    private final DeadLetters deadLetters;
    private final MessageParser parser;
    private final CloudEventParser cloudEvents;
    private final MessageRecorder recorder;
    private final Clock clock;

    DeadLetterActs(
            DeadLetters deadLetters,
            MessageParser parser,
            CloudEventParser cloudEvents,
            MessageRecorder recorder,
            @Qualifier("commandClock") Clock clock) {
        this.deadLetters = deadLetters;
        this.parser = parser;
        this.cloudEvents = cloudEvents;
        this.recorder = recorder;
        this.clock = clock;
    }

    record Letters(
            Map<String, Long> counts,
            List<DeadLetters.Entry> items,
            @Nullable String next) {}

    record Discard(@Nullable String reason) {}

    @GetMapping("/v1/dead-letters")
    ResponseEntity<byte[]> list(
            @RequestParam(required = false) @Nullable String reason,
            @RequestParam(defaultValue = "0") String cursor,
            @RequestParam(defaultValue = "" + Page.DEFAULT_LIMIT) int limit) {
        if (limit < 1 || limit > Page.MAX_LIMIT) {
            throw Acts.invalid("limit", "limit is " + limit + "; expected 1 to " + Page.MAX_LIMIT);
        }
        List<DeadLetters.Entry> items = deadLetters.list(reason, after(cursor), limit);
        String next =
                items.size() < limit ? null : Long.toString(items.getLast().deadLetterId());
        return Answers.json(new Letters(deadLetters.counts(), items, next));
    }

    @PostMapping("/v1/dead-letters/{deadLetterId}/retry")
    ResponseEntity<byte[]> retry(@PathVariable long deadLetterId, @Nullable Principal principal) {
        byte[] original = deadLetters.original(deadLetterId).orElseThrow(() -> unknown(deadLetterId));
        Refusal refusal = retried(deadLetterId, original);
        LOG.info(
                "event=dead_letter_retried dead_letter={} by={} outcome={}",
                deadLetterId,
                Acts.by(principal),
                refusal == null ? "recorded" : KernelJson.word(refusal.reason()));
        if (refusal != null) {
            return Problems.of(refusal);
        }
        return Answers.json(Map.of("deadLetterId", deadLetterId, "status", "recorded"));
    }

    @PostMapping("/v1/dead-letters/retry")
    ResponseEntity<byte[]> retryAll(
            @RequestParam(required = false) @Nullable String reason, @Nullable Principal principal) {
        int recorded = 0;
        int refused = 0;
        long after = 0;
        for (List<DeadLetters.Entry> portion = deadLetters.list(reason, after, PORTION);
                !portion.isEmpty();
                portion = deadLetters.list(reason, after, PORTION)) {
            for (DeadLetters.Entry entry : portion) {
                after = entry.deadLetterId();
                byte[] original = deadLetters.original(after).orElse(null);
                if (original == null) {
                    continue;
                }
                if (retried(after, original) == null) {
                    recorded++;
                } else {
                    refused++;
                }
            }
        }
        LOG.info("event=dead_letters_retried by={} recorded={} refused={}", Acts.by(principal), recorded, refused);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("recorded", recorded);
        answer.put("refused", refused);
        return Answers.json(answer);
    }

    @PostMapping("/v1/dead-letters/{deadLetterId}/discard")
    ResponseEntity<byte[]> discard(
            @PathVariable long deadLetterId, HttpServletRequest request, @Nullable Principal principal)
            throws IOException {
        String reason = Acts.reason(Acts.body(request, Discard.class).reason());
        if (!deadLetters.remove(deadLetterId)) {
            throw unknown(deadLetterId);
        }
        LOG.info(
                "event=dead_letter_discarded dead_letter={} by={} reason_characters={}",
                deadLetterId,
                Acts.by(principal),
                reason.length());
        return Answers.json(Map.of("deadLetterId", deadLetterId, "status", "discarded"));
    }

    /** Null where the letter is in the log now. */
    private @Nullable Refusal retried(long deadLetterId, byte[] original) {
        Refusal refusal = switch (parsed(original)) {
            case Parsed.NotUnderstood(Refusal again, var networkId, var messageId) -> again;
            case Parsed.Understood(Message message, int bytes) ->
                recorder.record(List.of(message), bytes).getFirst()
                                instanceof RecordResult.Refused(Message same, Refusal again)
                        ? again
                        : null;
        };
        if (refusal == null) {
            deadLetters.remove(deadLetterId);
        } else {
            deadLetters.failedAgain(deadLetterId, KernelJson.word(refusal.reason()), refusal.detail(), clock.instant());
        }
        return refusal;
    }

    /** As what it came: a letter does not know its content type. */
    private Parsed parsed(byte[] original) {
        Parsed plain = parser.parse(original);
        return plain instanceof Parsed.NotUnderstood
                        && cloudEvents.structured(original, 0, original.length) instanceof Parsed.Understood event
                ? event
                : plain;
    }

    private static long after(String cursor) {
        try {
            return Long.parseLong(cursor);
        } catch (NumberFormatException noNumber) {
            throw Acts.invalid("cursor", "cursor is none that was given out; expected the next of the answer before");
        }
    }

    private static RefusedException unknown(long deadLetterId) {
        return new RefusedException(new Refusal(
                Reason.NOT_FOUND, "", "dead letter " + deadLetterId + " does not exist; expected one that does"));
    }
}
