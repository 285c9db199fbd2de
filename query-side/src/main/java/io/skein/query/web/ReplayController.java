package io.skein.query.web;

import io.skein.eventlog.KernelJson;
import io.skein.query.processors.ProjectionOrders;
import io.skein.query.reading.ConsistentReads;
import io.skein.query.replay.EventReplay;
import io.skein.query.replay.EventReplay.Told;
import io.skein.query.replay.ReplayAccess;
import io.skein.query.replay.ReplayRequest;
import io.skein.query.web.ProjectionController.Ordered;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.security.Principal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

@RestController
@Tag(name = "Time machine")
class ReplayController {
    private final EventReplay replay;
    private final ReplayAccess access;
    private final ProjectionOrders orders;
    private final ConsistentReads reads;

    ReplayController(EventReplay replay, ReplayAccess access, ProjectionOrders orders, ConsistentReads reads) {
        this.replay = replay;
        this.access = access;
        this.orders = orders;
        this.reads = reads;
    }

    @OnlyNow
    @GetMapping("/v1/replay")
    @Operation(summary = "Events of a stretch of the log, one JSON object a line, at the pace asked for")
    void lines(
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String speed,
            @RequestParam(required = false) @Nullable String network,
            @RequestParam(required = false) @Nullable String agent,
            @RequestParam(required = false) @Nullable String type,
            @RequestParam(required = false) @Nullable String conversation,
            HttpServletResponse response,
            @Nullable Principal principal)
            throws IOException, InterruptedException {
        Map<String, String> asked = new LinkedHashMap<>();
        put(asked, "from", from);
        put(asked, "to", to);
        put(asked, "speed", speed);
        put(asked, "network", network);
        put(asked, "agent", agent);
        put(asked, "type", type);
        put(asked, "conversation", conversation);
        ReplayRequest request = access.request(asked);
        access.record(request, principal);
        response.setContentType("application/x-ndjson");
        response.setHeader(Asked.POSITION_HEADER, Long.toString(request.upTo()));
        OutputStream out = response.getOutputStream();
        replay.run(request, new EventReplay.Listener() {
            @Override
            public void told(Told event) throws IOException {
                out.write(KernelJson.mapper().writeValueAsBytes(event));
                out.write('\n');
            }

            @Override
            public void pausing() throws IOException {
                out.flush();
            }

            @Override
            public double speed() {
                return request.speed();
            }

            @Override
            public boolean goesOn() {
                return true;
            }
        });
    }

    private static void put(Map<String, String> asked, String name, @Nullable String value) {
        if (value != null) {
            asked.put(name, value);
        }
    }

    @PostMapping("/v1/replay")
    @Operation(summary = "Sends the events of a stretch of the log to a Kafka topic of another name than Skein's own")
    ResponseEntity<Ordered> toTopic(HttpServletRequest request, @Nullable Principal principal) throws IOException {
        JsonNode body = ProjectionController.body(request);
        ObjectNode parameters = JsonNodeFactory.instance.objectNode();
        for (String text : new String[] {"topic", "type", "network", "agent"}) {
            if (body.path(text).isString()) {
                parameters.put(text, body.path(text).asString());
            }
        }
        if (!parameters.path("topic").isString()) {
            throw Asked.invalid("topic", "is missing; expected the name of a topic");
        }
        if (body.path("speed").isNumber()) {
            parameters.put("speed", body.path("speed").asDouble());
        }
        range(body, parameters);
        return ordered("replay", "log", parameters, body, principal);
    }

    @PostMapping("/v1/what-if")
    @Operation(summary = "Which alerts and quarantines would differ with other parameters of detectors")
    ResponseEntity<Ordered> whatIf(HttpServletRequest request, @Nullable Principal principal) throws IOException {
        JsonNode body = ProjectionController.body(request);
        ObjectNode parameters = JsonNodeFactory.instance.objectNode();
        if (body.path("detectors").isObject()) {
            parameters.set("detectors", body.path("detectors"));
        }
        range(body, parameters);
        return ordered("what_if", "patterns", parameters, body, principal);
    }

    private void range(JsonNode body, ObjectNode parameters) {
        parameters.put("from", body.has("from") ? position("from", body.path("from")) : 0);
        parameters.put("to", body.has("to") ? position("to", body.path("to")) : reads.resolve(null, null));
    }

    private long position(String name, JsonNode value) {
        @Nullable
        Long position =
                value.isIntegralNumber() ? Long.valueOf(value.asLong()) : Asked.positionOrNull(value.asString(""));
        return reads.resolve(position, position == null ? Asked.instant(name, value.asString("")) : null);
    }

    private ResponseEntity<Ordered> ordered(
            String act, String subject, ObjectNode parameters, JsonNode body, @Nullable Principal principal) {
        UUID id = orders.place(
                act,
                subject,
                null,
                parameters.toString(),
                ProjectionController.by(principal),
                ProjectionController.reason(body));
        return ResponseEntity.accepted()
                .location(URI.create("/v1/projections/operations/" + id))
                .body(new Ordered(id));
    }
}
