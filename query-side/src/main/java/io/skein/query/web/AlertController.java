package io.skein.query.web;

import io.skein.kernel.alert.AlertQuery.FindAlert;
import io.skein.kernel.alert.AlertQuery.ListAlerts;
import io.skein.kernel.alert.AlertState;
import io.skein.kernel.alert.AlertView;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.page.Answer;
import io.skein.kernel.page.Page;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Alerts")
class AlertController {
    private final Ask ask;

    AlertController(Ask ask) {
        this.ask = ask;
    }

    @GetMapping("/v1/alerts")
    @Operation(summary = "Alerts of a network, newest first")
    Page<AlertView> alerts(
            @RequestParam(defaultValue = "default") String network,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String severity,
            @RequestParam(required = false) @Nullable String pattern,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "100") int limit) {
        return ask.of(
                new ListAlerts(
                        Asked.network(network),
                        Asked.word("state", state, AlertState.class),
                        Asked.word("severity", severity, Severity.class),
                        Asked.word("pattern", pattern, Pattern.class),
                        cursor,
                        Asked.limit(limit)),
                Page.class);
    }

    @GetMapping("/v1/alerts/{alertId}")
    @Operation(summary = "One alert")
    ResponseEntity<AlertView> alert(@PathVariable String alertId) {
        AlertId id = Asked.id("alertId", alertId, AlertId::new);
        Answer<Optional<AlertView>> answer = ask.of(new FindAlert(id), Answer.class);
        AlertView alert = answer.value()
                .orElseThrow(() -> Asked.notFound(
                        "alertId", "there is no alert " + alertId + " up to position " + answer.position()));
        return Asked.at(answer.position(), alert);
    }
}
