package io.skein.command.ingest.http;

import io.skein.command.bus.Commands;
import io.skein.command.ingest.DeadLetterSettings;
import io.skein.command.ingest.DeadLetters;
import io.skein.command.ingest.LetterReader;
import io.skein.eventlog.KernelJson;
import io.skein.kernel.audit.AuditLogCommand.RecordAct;
import io.skein.kernel.id.AuditLogId;
import io.skein.kernel.id.Ids;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.page.Page;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.security.Principal;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
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

/**
 * What an operator does with dead letters. Each act, and each look at what a letter says, is in the log before it is done; where the log does not take it, it is not
 * done.
 */
@RestController("commandDeadLetterActs")
class DeadLetterActs {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterActs.class);
    private static final int PORTION = 50;

    private final DeadLetters deadLetters;
    private final List<LetterReader> readers;
    private final DeadLetterSettings settings;
    private final Commands commands;
    private final Clock clock;

    DeadLetterActs(
            DeadLetters deadLetters,
            List<LetterReader> readers,
            DeadLetterSettings settings,
            Commands commands,
            @Qualifier("commandClock") Clock clock) {
        this.deadLetters = deadLetters;
        this.readers = readers;
        this.settings = settings;
        this.commands = commands;
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
            @RequestParam(required = false) @Nullable String door,
            @RequestParam(required = false) @Nullable String network,
            @RequestParam(defaultValue = "0") String cursor,
            @RequestParam(defaultValue = "" + Page.DEFAULT_LIMIT) int limit,
            HttpServletRequest request) {
        onlyKnown(request, Set.of("reason", "door", "network", "cursor", "limit"));
        if (limit < 1 || limit > Page.MAX_LIMIT) {
            throw Acts.invalid("limit", "limit is " + limit + "; expected 1 to " + Page.MAX_LIMIT);
        }
        // One more than asked for tells whether there is a next page.
        List<DeadLetters.Entry> found =
                deadLetters.list(new DeadLetters.Filter(known(reason), door, network), after(cursor), limit + 1);
        List<DeadLetters.Entry> items = found.subList(0, Math.min(limit, found.size()));
        String next =
                found.size() <= limit ? null : Long.toString(items.getLast().deadLetterId());
        return Answers.json(new Letters(deadLetters.counts(new DeadLetters.Filter(null, door, network)), items, next));
    }

    @GetMapping("/v1/dead-letters/{deadLetterId}")
    ResponseEntity<byte[]> show(
            @PathVariable long deadLetterId,
            @RequestParam(defaultValue = "false") boolean unmasked,
            HttpServletRequest request,
            @Nullable Principal principal) {
        onlyKnown(request, Set.of("unmasked"));
        DeadLetters.Whole letter = letter(deadLetterId);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("letter", letter.entry());
        answer.put("sha256", DeadLetters.fingerprint(letter.original()));
        answer.put("masked", !unmasked);
        if (unmasked) {
            if (!settings.showContent()) {
                throw new RefusedException(
                        new Refusal(
                                Reason.NOT_ALLOWED_NOW,
                                "unmasked",
                                "content of dead letters is not shown here; expected skein.command.dead-letters.show-content=true"));
            }
            record(principal, "dead_letter.show", "", letter);
            answer.putAll(LetterContent.asItCame(letter.original()));
            answer.put("attributes", letter.form().attributes());
        } else {
            answer.put("text", LetterContent.masked(letter.original()));
            answer.put("attributes", new TreeSet<>(letter.form().attributes().keySet()));
        }
        return Answers.json(answer);
    }

    @PostMapping("/v1/dead-letters/{deadLetterId}/retry")
    ResponseEntity<byte[]> retry(@PathVariable long deadLetterId, @Nullable Principal principal) {
        DeadLetters.Whole letter = letter(deadLetterId);
        LetterReader reader = reader(letter.entry());
        if (reader == null) {
            throw new RefusedException(new Refusal(
                    Reason.NOT_ALLOWED_NOW,
                    "",
                    "dead letter " + deadLetterId + " came by the door "
                            + letter.entry().door()
                            + ", whose letters cannot be tried again; expected one of http, kafka or otlp"));
        }
        record(principal, "dead_letter.retry", "", letter);
        Refusal refusal = retried(letter, reader);
        LOG.info(
                "event=dead_letter_retried dead_letter={} by={} outcome={}",
                deadLetterId,
                Acts.by(principal),
                refusal == null ? "taken" : KernelJson.word(refusal.reason()));
        if (refusal != null) {
            return Problems.of(refusal);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("deadLetterId", deadLetterId);
        answer.put("status", "recorded");
        return Answers.json(answer);
    }

    @PostMapping("/v1/dead-letters/retry")
    ResponseEntity<byte[]> retryAll(
            @RequestParam(required = false) @Nullable String reason,
            @RequestParam(required = false) @Nullable String door,
            @RequestParam(required = false) @Nullable String network,
            HttpServletRequest request,
            @Nullable Principal principal) {
        onlyKnown(request, Set.of("reason", "door", "network"));
        DeadLetters.Filter filter = new DeadLetters.Filter(known(reason), door, network);
        SortedMap<String, String> which = new TreeMap<>();
        put(which, "reason", reason);
        put(which, "door", door);
        put(which, "network", network);
        deadLetters.counts(filter).forEach((each, count) -> which.put("letters." + each, Long.toString(count)));
        record(principal, network, "dead_letter.retry_all", "dead letters", "", which);
        int recorded = 0;
        int refused = 0;
        Refusal stopped = null;
        long after = 0;
        for (List<DeadLetters.Entry> portion = deadLetters.list(filter, after, PORTION);
                !portion.isEmpty() && stopped == null;
                portion = deadLetters.list(filter, after, PORTION)) {
            for (DeadLetters.Entry entry : portion) {
                after = entry.deadLetterId();
                LetterReader reader = reader(entry);
                DeadLetters.Whole letter =
                        reader == null ? null : deadLetters.find(after).orElse(null);
                if (reader == null || letter == null) {
                    continue;
                }
                Refusal refusal = retried(letter, reader);
                if (refusal == null) {
                    recorded++;
                } else if (isForLater(refusal)) {
                    stopped = refusal;
                    break;
                } else {
                    refused++;
                }
            }
        }
        LOG.info("event=dead_letters_retried by={} recorded={} refused={}", Acts.by(principal), recorded, refused);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("recorded", recorded);
        answer.put("refused", refused);
        if (stopped != null) {
            answer.put("stopped", Map.of("reason", stopped.reason(), "detail", stopped.detail()));
            return Answers.json(answer, Problems.RETRY_AFTER_SECONDS);
        }
        return Answers.json(answer);
    }

    @PostMapping("/v1/dead-letters/{deadLetterId}/discard")
    ResponseEntity<byte[]> discard(
            @PathVariable long deadLetterId, HttpServletRequest request, @Nullable Principal principal)
            throws IOException {
        String reason = Acts.reason(Acts.body(request, Discard.class).reason());
        record(principal, "dead_letter.discard", reason, letter(deadLetterId));
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

    private void record(@Nullable Principal principal, String act, String reason, DeadLetters.Whole letter) {
        DeadLetters.Entry entry = letter.entry();
        SortedMap<String, String> details = new TreeMap<>();
        details.put("door", entry.door());
        put(details, "dialect", entry.dialect());
        details.put("reason", entry.reason());
        put(
                details,
                "messageId",
                entry.messageId() == null || !Ids.isValid(entry.messageId()) ? null : entry.messageId());
        details.put("bytes", Long.toString(entry.bytes()));
        details.put("sha256", DeadLetters.fingerprint(letter.original()));
        if (entry.sourceTopic() != null) {
            details.put("source", entry.sourceTopic() + "/" + entry.sourcePartition() + "@" + entry.sourceOffset());
        }
        record(principal, entry.networkId(), act, "dead letter " + entry.deadLetterId(), reason, details);
    }

    private void record(
            @Nullable Principal principal,
            @Nullable String network,
            String act,
            String subject,
            String reason,
            SortedMap<String, String> details) {
        commands.send(new RecordAct(
                AuditLogId.act(UUID.randomUUID()),
                network == null || !Ids.isValid(network) ? null : new NetworkId(network),
                Acts.by(principal),
                act,
                subject,
                reason,
                details));
    }

    private static void put(SortedMap<String, String> details, String name, @Nullable String value) {
        if (value != null) {
            details.put(name, value);
        }
    }

    private @Nullable LetterReader reader(DeadLetters.Entry entry) {
        return readers.stream()
                .filter(reader -> reader.reads(entry.door(), entry.dialect() == null ? "" : entry.dialect()))
                .findFirst()
                .orElse(null);
    }

    /** Null where the letter is in the log now, or on its durable way there. */
    private @Nullable Refusal retried(DeadLetters.Whole letter, LetterReader reader) {
        long deadLetterId = letter.entry().deadLetterId();
        Refusal refusal = reader.again(letter.original(), letter.form());
        if (refusal == null) {
            deadLetters.remove(deadLetterId);
        } else if (!isForLater(refusal)) {
            deadLetters.failedAgain(deadLetterId, KernelJson.word(refusal.reason()), refusal.detail(), clock.instant());
        }
        return refusal;
    }

    /** It says nothing about the letter. */
    private static boolean isForLater(Refusal refusal) {
        return refusal.reason() == Reason.OVERLOADED || refusal.reason() == Reason.LOG_UNAVAILABLE;
    }

    private DeadLetters.Whole letter(long deadLetterId) {
        return deadLetters.find(deadLetterId).orElseThrow(() -> unknown(deadLetterId));
    }

    private static @Nullable String known(@Nullable String reason) {
        List<String> words =
                Arrays.stream(Reason.values()).map(KernelJson::word).toList();
        if (reason != null && !words.contains(reason)) {
            throw Acts.invalid("reason", "reason is not known; expected one of " + String.join(", ", words));
        }
        return reason;
    }

    private static void onlyKnown(HttpServletRequest request, Set<String> known) {
        request.getParameterMap().forEach((name, values) -> {
            if (!known.contains(name) || values.length > 1) {
                throw Acts.invalid(
                        "",
                        "a parameter is not known here or given twice; expected "
                                + String.join(", ", new TreeSet<>(known)) + ", each once");
            }
        });
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
