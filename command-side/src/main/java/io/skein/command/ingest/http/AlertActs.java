package io.skein.command.ingest.http;

import io.skein.command.bus.Commands;
import io.skein.kernel.alert.AlertCommand;
import io.skein.kernel.alert.AlertCommand.AcknowledgeAlert;
import io.skein.kernel.alert.AlertCommand.DismissAlert;
import io.skein.kernel.alert.AlertCommand.ResolveAlert;
import io.skein.kernel.id.AlertId;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.security.Principal;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** What an operator does with an alert. */
@RestController("commandAlertActs")
class AlertActs {
    private final Commands commands;

    AlertActs(Commands commands) {
        this.commands = commands;
    }

    record WithReason(@Nullable String reason) {}

    @PostMapping("/v1/alerts/{alertId}/acknowledge")
    ResponseEntity<byte[]> acknowledge(@PathVariable String alertId, @Nullable Principal principal) {
        return send(new AcknowledgeAlert(Acts.alert(alertId), Acts.by(principal)));
    }

    @PostMapping("/v1/alerts/{alertId}/resolve")
    ResponseEntity<byte[]> resolve(
            @PathVariable String alertId, HttpServletRequest request, @Nullable Principal principal)
            throws IOException {
        return send(new ResolveAlert(Acts.alert(alertId), Acts.by(principal), reason(request)));
    }

    @PostMapping("/v1/alerts/{alertId}/dismiss")
    ResponseEntity<byte[]> dismiss(
            @PathVariable String alertId, HttpServletRequest request, @Nullable Principal principal)
            throws IOException {
        return send(new DismissAlert(Acts.alert(alertId), Acts.by(principal), reason(request)));
    }

    private static String reason(HttpServletRequest request) throws IOException {
        return Acts.reason(Acts.body(request, WithReason.class).reason());
    }

    private ResponseEntity<byte[]> send(AlertCommand command) {
        commands.send(command);
        AlertId alertId = command.alertId();
        return Answers.json(Map.of("alertId", alertId));
    }
}
