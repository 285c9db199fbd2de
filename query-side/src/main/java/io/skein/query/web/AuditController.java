package io.skein.query.web;

import io.skein.kernel.audit.AuditEntry;
import io.skein.kernel.audit.AuditQuery.CountEntries;
import io.skein.kernel.audit.AuditQuery.ListEntries;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.page.Answer;
import io.skein.kernel.page.Page;
import io.skein.query.evidence.AccessRecorder;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.security.Principal;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Audit")
class AuditController {
    private final Ask ask;
    private final AccessRecorder recorder;

    AuditController(Ask ask, AccessRecorder recorder) {
        this.ask = ask;
        this.recorder = recorder;
    }

    /** How many entries the trail of a network has. */
    record EntryCount(long position, long count) {}

    @GetMapping("/v1/audit")
    @Operation(summary = "The trail of a network: one entry an event, never content")
    Page<AuditEntry> entries(
            @RequestParam(defaultValue = "default") String network,
            @Parameter(schema = @Schema(allowableValues = {"network", "log"})) @RequestParam(defaultValue = "network")
                    String scope,
            @RequestParam(required = false) @Nullable String agent,
            @RequestParam(required = false) @Nullable String conversation,
            @RequestParam(required = false) @Nullable String type,
            @Parameter(schema = @Schema(allowableValues = {"oldest", "newest"})) @RequestParam(defaultValue = "oldest")
                    String order,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "100") int limit,
            @Nullable Principal principal) {
        NetworkId asked = wholeLog(scope) ? null : Asked.network(network);
        Page<AuditEntry> page = ask.of(
                new ListEntries(
                        asked,
                        Asked.idOrNull("agent", agent, AgentId::new),
                        Asked.idOrNull("conversation", conversation, ConversationId::new),
                        EventName.checked(type),
                        newestFirst(order),
                        cursor,
                        Asked.limit(limit)),
                Page.class);
        SortedMap<String, @Nullable String> parameters = new TreeMap<>();
        parameters.put("agent", agent);
        parameters.put("conversation", conversation);
        parameters.put("type", type);
        parameters.put("order", order);
        parameters.put("cursor", cursor);
        parameters.put("scope", scope);
        recorder.record(
                asked,
                AccessRecorder.by(principal),
                "audit.list",
                parameters,
                page.items().size(),
                page.position());
        return page;
    }

    @GetMapping("/v1/audit/count")
    @Operation(summary = "How many entries the trail of a network has")
    EntryCount count(@RequestParam(defaultValue = "default") String network) {
        Answer<Long> answer = ask.of(new CountEntries(Asked.network(network)), Answer.class);
        return new EntryCount(answer.position(), answer.value());
    }

    private static boolean wholeLog(String scope) {
        return switch (scope) {
            case "network" -> false;
            case "log" -> true;
            default -> throw Asked.invalid("scope", "is no scope; expected one of network, log");
        };
    }

    private static boolean newestFirst(String order) {
        return switch (order) {
            case "oldest" -> false;
            case "newest" -> true;
            default -> throw Asked.invalid("order", "is no order; expected one of oldest, newest");
        };
    }
}
