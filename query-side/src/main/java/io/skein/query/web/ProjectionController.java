package io.skein.query.web;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.id.Ids;
import io.skein.kernel.id.UserId;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import io.skein.kernel.projection.ProjectionOperation;
import io.skein.kernel.projection.ProjectionQuery.FindOperation;
import io.skein.kernel.projection.ProjectionQuery.ListOperations;
import io.skein.kernel.projection.ProjectionQuery.ListProcessors;
import io.skein.kernel.projection.ProjectionQuery.Operations;
import io.skein.kernel.projection.ProjectionQuery.Processors;
import io.skein.query.processors.ProjectionOrders;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.security.Principal;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

@RestController
@Tag(name = "Projections")
class ProjectionController {
    private static final int MAX_BODY_BYTES = 64 * 1024;
    private static final int MAX_REASON_CHARACTERS = 1_000;
    private static final Map<String, String> ACTS = Map.of(
            "pause", "pause",
            "resume", "resume",
            "rebuild", "rebuild",
            "reset", "reset",
            "shadow", "shadow",
            "diff", "diff",
            "cut-over", "cut_over",
            "roll-back", "roll_back",
            "discard", "discard");
    private static final Set<String> ON_A_SHADOW = Set.of("diff", "cut_over", "roll_back", "discard");

    private final Ask ask;
    private final ProjectionOrders orders;
    private final io.skein.query.reading.ConsistentReads reads;

    ProjectionController(Ask ask, ProjectionOrders orders, io.skein.query.reading.ConsistentReads reads) {
        this.ask = ask;
        this.orders = orders;
        this.reads = reads;
    }

    /** What was ordered. */
    record Ordered(UUID operationId) {}

    @OnlyNow
    @GetMapping("/v1/projections")
    @Operation(summary = "Every processor: where it stands, how fast it is, what is wrong with it")
    Processors projections() {
        return ask.of(new ListProcessors(), Processors.class);
    }

    @OnlyNow
    @GetMapping("/v1/projections/operations")
    @Operation(summary = "What was done to projections, newest first")
    Operations operations(@RequestParam(defaultValue = "100") int limit) {
        return ask.of(new ListOperations(Asked.limit(limit)), Operations.class);
    }

    @OnlyNow
    @GetMapping("/v1/projections/operations/{operationId}")
    @Operation(summary = "One operation: how far it is, and what came out")
    ProjectionOperation operation(@PathVariable String operationId) {
        UUID id = uuid("operationId", operationId);
        Optional<ProjectionOperation> found = ask.of(new FindOperation(id), Optional.class);
        return found.orElseThrow(() -> Asked.notFound(
                "operationId", "there is no operation " + id + "; one just ordered appears when a node has taken it"));
    }

    @PostMapping("/v1/projections/{name}/{act}")
    @Operation(
            summary =
                    "Pause, resume, rebuild, reset, shadow, diff, cut-over, roll-back, discard; recorded in the audit log")
    ResponseEntity<Ordered> order(
            @PathVariable String name,
            @PathVariable String act,
            HttpServletRequest request,
            @Nullable Principal principal)
            throws IOException {
        @Nullable String known = ACTS.get(act);
        if (known == null) {
            throw Asked.invalid(
                    "act", "is '" + act + "'; expected one of " + String.join(", ", new TreeSet<>(ACTS.keySet())));
        }
        if (!orders.knows(name)) {
            throw Asked.notFound("name", "there is no projection '" + name + "'");
        }
        JsonNode body = body(request);
        ObjectNode parameters = JsonNodeFactory.instance.objectNode();
        @Nullable UUID subject = ON_A_SHADOW.contains(known) ? uuid("operationId", text(body, "operationId")) : null;
        if (known.equals("reset")) {
            parameters.put("to", position(body));
        }
        if (known.equals("shadow") && body.path("detectors").isObject()) {
            parameters.set("detectors", body.path("detectors"));
        }
        UUID id = orders.place(known, name, subject, parameters.toString(), by(principal), reason(body));
        return ResponseEntity.accepted()
                .location(URI.create("/v1/projections/operations/" + id))
                .body(new Ordered(id));
    }

    private long position(JsonNode body) {
        JsonNode to = body.path("to");
        if (to.isIntegralNumber()) {
            return reads.resolve(to.asLong(), null);
        }
        String words = text(body, "to");
        @Nullable Long position = Asked.positionOrNull(words);
        return reads.resolve(position, position == null ? Asked.instant("to", words) : null);
    }

    static JsonNode body(HttpServletRequest request) throws IOException {
        byte[] bytes = request.getInputStream().readNBytes(MAX_BODY_BYTES + 1);
        if (bytes.length > MAX_BODY_BYTES) {
            throw new RefusedException(
                    new Refusal(Reason.TOO_LARGE, "", "body is longer than " + MAX_BODY_BYTES + " bytes"));
        }
        try {
            JsonNode body = bytes.length == 0
                    ? JsonNodeFactory.instance.objectNode()
                    : KernelJson.mapper().readTree(bytes);
            if (!body.isObject()) {
                throw Asked.invalid("", "body is no JSON object; expected one");
            }
            return body;
        } catch (JacksonException broken) {
            throw new RefusedException(new Refusal(Reason.MALFORMED, "", "body is no JSON; expected an object"));
        }
    }

    static String reason(JsonNode body) {
        String reason = text(body, "reason");
        if (reason.length() > MAX_REASON_CHARACTERS) {
            throw Asked.invalid(
                    "reason", "has " + reason.length() + " characters; expected at most " + MAX_REASON_CHARACTERS);
        }
        return reason;
    }

    private static String text(JsonNode body, String field) {
        JsonNode value = body.path(field);
        if (!value.isString() || value.asString().isBlank()) {
            throw Asked.invalid(field, "is missing; expected a text");
        }
        return value.asString();
    }

    private static UUID uuid(String field, String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException none) {
            throw Asked.invalid(field, "is no id of an operation");
        }
    }

    static UserId by(@Nullable Principal principal) {
        return new UserId(principal == null || !Ids.isValid(principal.getName()) ? "operator" : principal.getName());
    }
}
