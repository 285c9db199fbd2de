package io.skein.query.web;

import io.skein.kernel.alert.Severity;
import io.skein.kernel.history.CausalChain;
import io.skein.kernel.history.HistoryBar;
import io.skein.kernel.history.HistoryFilter;
import io.skein.kernel.history.HistoryPage;
import io.skein.kernel.history.HistoryQuery.CountEvents;
import io.skein.kernel.history.HistoryQuery.CountEventsByTime;
import io.skein.kernel.history.HistoryQuery.FindCausalChain;
import io.skein.kernel.history.HistoryQuery.FindEvent;
import io.skein.kernel.history.HistoryQuery.ListEvents;
import io.skein.kernel.history.RecordedEvent;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import io.skein.kernel.page.Answer;
import io.skein.query.evidence.AccessRecorder;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.security.Principal;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "History")
class HistoryController {
    private static final int MOST_LINKS = 10_000;
    private static final int MOST_CHARACTERS = 256;
    private static final long SHORTEST_BUCKET = 1;
    private static final long LONGEST_BUCKET = 366L * 86_400;

    private final Ask ask;
    private final AccessRecorder recorder;

    HistoryController(Ask ask, AccessRecorder recorder) {
        this.ask = ask;
        this.recorder = recorder;
    }

    /** How many events there are. */
    record EventCount(long position, long count) {}

    /** How many events there are, over time. */
    record EventBars(long position, List<HistoryBar> items) {}

    @GetMapping("/v1/history")
    @Operation(summary = "The events of a network by agent, counterpart, type, time, conversation; paged both ways")
    HistoryPage events(
            @RequestParam(defaultValue = "default") String network,
            @RequestParam(required = false) @Nullable String agent,
            @RequestParam(required = false) @Nullable String counterpart,
            @RequestParam(required = false) @Nullable String type,
            @RequestParam(required = false) @Nullable String messageType,
            @RequestParam(required = false) @Nullable String outcome,
            @RequestParam(required = false) @Nullable String severity,
            @RequestParam(required = false) @Nullable String conversation,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable Long firstPosition,
            @RequestParam(required = false) @Nullable Long lastPosition,
            @RequestParam(required = false) @Nullable String text,
            @Parameter(schema = @Schema(allowableValues = {"oldest", "newest"})) @RequestParam(defaultValue = "oldest")
                    String order,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "100") int limit) {
        return ask.of(
                new ListEvents(
                        filter(
                                network,
                                agent,
                                counterpart,
                                type,
                                messageType,
                                outcome,
                                severity,
                                conversation,
                                from,
                                to,
                                firstPosition,
                                lastPosition,
                                text),
                        newestFirst(order),
                        cursor,
                        Asked.limit(limit)),
                HistoryPage.class);
    }

    @GetMapping("/v1/history/count")
    @Operation(summary = "How many events those filters leave")
    EventCount count(
            @RequestParam(defaultValue = "default") String network,
            @RequestParam(required = false) @Nullable String agent,
            @RequestParam(required = false) @Nullable String counterpart,
            @RequestParam(required = false) @Nullable String type,
            @RequestParam(required = false) @Nullable String messageType,
            @RequestParam(required = false) @Nullable String outcome,
            @RequestParam(required = false) @Nullable String severity,
            @RequestParam(required = false) @Nullable String conversation,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable Long firstPosition,
            @RequestParam(required = false) @Nullable Long lastPosition,
            @RequestParam(required = false) @Nullable String text) {
        Answer<Long> answer = ask.of(
                new CountEvents(filter(
                        network,
                        agent,
                        counterpart,
                        type,
                        messageType,
                        outcome,
                        severity,
                        conversation,
                        from,
                        to,
                        firstPosition,
                        lastPosition,
                        text)),
                Answer.class);
        return new EventCount(answer.position(), answer.value());
    }

    @GetMapping("/v1/history/bars")
    @Operation(summary = "How many events those filters leave, over time and by type")
    EventBars bars(
            @RequestParam(defaultValue = "default") String network,
            @RequestParam(required = false) @Nullable String agent,
            @RequestParam(required = false) @Nullable String counterpart,
            @RequestParam(required = false) @Nullable String type,
            @RequestParam(required = false) @Nullable String messageType,
            @RequestParam(required = false) @Nullable String outcome,
            @RequestParam(required = false) @Nullable String severity,
            @RequestParam(required = false) @Nullable String conversation,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable Long firstPosition,
            @RequestParam(required = false) @Nullable Long lastPosition,
            @RequestParam(required = false) @Nullable String text,
            @RequestParam(required = false) @Nullable Long bucketSeconds) {
        if (bucketSeconds != null && (bucketSeconds < SHORTEST_BUCKET || bucketSeconds > LONGEST_BUCKET)) {
            throw Asked.invalid(
                    "bucketSeconds", "is " + bucketSeconds + "; expected " + SHORTEST_BUCKET + " to " + LONGEST_BUCKET);
        }
        Answer<List<HistoryBar>> answer = ask.of(
                new CountEventsByTime(
                        filter(
                                network,
                                agent,
                                counterpart,
                                type,
                                messageType,
                                outcome,
                                severity,
                                conversation,
                                from,
                                to,
                                firstPosition,
                                lastPosition,
                                text),
                        Objects.requireNonNullElse(bucketSeconds, 0L)),
                Answer.class);
        return new EventBars(answer.position(), answer.value());
    }

    @GetMapping("/v1/history/chain")
    @Operation(summary = "What caused a message, and what it caused")
    CausalChain chain(
            @RequestParam(defaultValue = "default") String network,
            @RequestParam String message,
            @RequestParam(defaultValue = "1000") int limit) {
        return ask.of(
                new FindCausalChain(
                        Asked.network(network),
                        Asked.id("message", message, MessageId::new),
                        Asked.between("limit", limit, 1, MOST_LINKS)),
                CausalChain.class);
    }

    @GetMapping("/v1/history/{position:[0-9]{1,18}}")
    @Operation(summary = "One event with all that it says; content only where that is allowed")
    ResponseEntity<RecordedEvent> event(@PathVariable long position, @Nullable Principal principal) {
        Answer<RecordedEvent> answer = ask.of(new FindEvent(position), Answer.class);
        if (!answer.value().contentMasked()) {
            SortedMap<String, @Nullable String> parameters = new TreeMap<>();
            parameters.put("position", Long.toString(position));
            recorder.record(null, AccessRecorder.by(principal), "history.event", parameters, 1, answer.position());
        }
        return Asked.at(answer.position(), answer.value());
    }

    private static HistoryFilter filter(
            String network,
            @Nullable String agent,
            @Nullable String counterpart,
            @Nullable String type,
            @Nullable String messageType,
            @Nullable String outcome,
            @Nullable String severity,
            @Nullable String conversation,
            @Nullable String from,
            @Nullable String to,
            @Nullable Long firstPosition,
            @Nullable Long lastPosition,
            @Nullable String text) {
        if (counterpart != null && agent == null) {
            throw Asked.invalid("counterpart", "needs an agent to be the counterpart of; expected agent, too");
        }
        if (text != null && (text.isEmpty() || text.length() > MOST_CHARACTERS)) {
            throw Asked.invalid("text", "has " + text.length() + " characters; expected 1 to " + MOST_CHARACTERS);
        }
        return new HistoryFilter(
                Asked.network(network),
                Asked.idOrNull("agent", agent, AgentId::new),
                Asked.idOrNull("counterpart", counterpart, AgentId::new),
                type == null
                        ? List.of()
                        : Arrays.stream(type.split(",", -1))
                                .map(name -> Objects.requireNonNull(EventName.checked(name)))
                                .toList(),
                Asked.word("messageType", messageType, MessageType.class),
                Asked.word("outcome", outcome, Outcome.class),
                Asked.word("severity", severity, Severity.class),
                Asked.idOrNull("conversation", conversation, ConversationId::new),
                Asked.instant("from", from),
                Asked.instant("to", to),
                firstPosition,
                lastPosition,
                text);
    }

    private static boolean newestFirst(String order) {
        return switch (order) {
            case "oldest" -> false;
            case "newest" -> true;
            default -> throw Asked.invalid("order", "is no order; expected one of oldest, newest");
        };
    }
}
