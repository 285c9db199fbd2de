package io.skein.query.web;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.NetworkId;
import io.skein.query.evidence.AccessRecorder;
import io.skein.query.evidence.ExportRequest;
import io.skein.query.evidence.ExportRequest.Format;
import io.skein.query.evidence.Exporter;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Audit")
class ExportController {
    private final Exporter exporter;

    ExportController(Exporter exporter) {
        this.exporter = exporter;
    }

    @GetMapping("/v1/audit/export")
    @Operation(summary = "Events as they are stored, with what proves them; of any number, under the newest checkpoint")
    void export(
            @Parameter(schema = @Schema(allowableValues = {"bundle", "jsonl", "csv"}))
                    @RequestParam(defaultValue = "bundle")
                    String format,
            @RequestParam(required = false) @Nullable String network,
            @RequestParam(required = false) @Nullable String agent,
            @RequestParam(required = false) @Nullable String conversation,
            @RequestParam(required = false) @Nullable String type,
            @RequestParam(required = false) @Nullable String alert,
            @RequestParam(defaultValue = "1") long from,
            @RequestParam(required = false) @Nullable Long to,
            @RequestParam(required = false) @Nullable Long since,
            @Nullable Principal principal,
            HttpServletResponse response)
            throws IOException {
        Format chosen = Objects.requireNonNull(Asked.word("format", format, Format.class));
        Exporter.Prepared prepared = exporter.prepare(new ExportRequest(
                AccessRecorder.by(principal),
                chosen,
                Asked.idOrNull("network", network, NetworkId::new),
                Asked.idOrNull("agent", agent, AgentId::new),
                Asked.idOrNull("conversation", conversation, ConversationId::new),
                EventName.checked(type),
                Asked.idOrNull("alert", alert, AlertId::new),
                from,
                to,
                since));
        response.setHeader(Asked.POSITION_HEADER, Long.toString(prepared.treeSize()));
        String name = "skein-" + from + "-" + (to == null ? prepared.treeSize() : to);
        switch (chosen) {
            case BUNDLE -> headers(response, "application/zip", name + ".zip");
            case JSONL -> headers(response, "application/x-ndjson", name + ".jsonl");
            case CSV -> headers(response, "text/csv;charset=UTF-8", name + ".csv");
        }
        prepared.write(response.getOutputStream());
    }

    private static void headers(HttpServletResponse response, String type, String file) {
        response.setContentType(type);
        response.setHeader("Content-Disposition", "attachment; filename=\"" + file + "\"");
    }
}
