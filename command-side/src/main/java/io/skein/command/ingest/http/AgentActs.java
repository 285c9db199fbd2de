package io.skein.command.ingest.http;

import io.skein.command.bus.Commands;
import io.skein.command.eventlog.DuplicateEventException;
import io.skein.kernel.agent.AdjustTrust;
import io.skein.kernel.agent.AgentCommand;
import io.skein.kernel.agent.QuarantineAgent;
import io.skein.kernel.agent.ReleaseAgent;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.Ids;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.security.Principal;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.axonframework.modelling.command.ConcurrencyException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What an operator does with an agent. */
@RestController("commandAgentActs")
class AgentActs {
    private static final int ATTEMPTS = 5;
    private static final long MAX_QUARANTINE_SECONDS = 366L * 24 * 3_600;

    private final Commands commands;
    private final Clock clock;

    AgentActs(Commands commands, @Qualifier("commandClock") Clock clock) {
        this.commands = commands;
        this.clock = clock;
    }

    record Quarantine(
            @Nullable String reason,
            @Nullable Long durationSeconds,
            @Nullable String cause) {}

    record Release(@Nullable String reason) {}

    record Trust(
            @Nullable String adjustmentId,
            double good,
            double bad,
            @Nullable String reason) {}

    @PostMapping("/v1/agents/{agentId}/quarantine")
    ResponseEntity<byte[]> quarantine(
            @PathVariable String agentId,
            @RequestParam(defaultValue = "default") String network,
            HttpServletRequest request,
            @Nullable Principal principal)
            throws IOException {
        Quarantine body = Acts.body(request, Quarantine.class);
        Long seconds = body.durationSeconds();
        if (seconds != null && (seconds < 1 || seconds > MAX_QUARANTINE_SECONDS)) {
            throw Acts.invalid(
                    "durationSeconds", "durationSeconds is " + seconds + "; expected 1 to " + MAX_QUARANTINE_SECONDS);
        }
        Instant expiresAt = seconds == null ? null : clock.instant().plusSeconds(seconds);
        AlertId cause = body.cause() == null ? null : Acts.alert(body.cause());
        return send(new QuarantineAgent(
                Acts.agent(network, agentId), expiresAt, Acts.reason(body.reason()), cause, Acts.by(principal)));
    }

    @PostMapping("/v1/agents/{agentId}/release")
    ResponseEntity<byte[]> release(
            @PathVariable String agentId,
            @RequestParam(defaultValue = "default") String network,
            HttpServletRequest request,
            @Nullable Principal principal)
            throws IOException {
        Release body = Acts.body(request, Release.class);
        return send(new ReleaseAgent(Acts.agent(network, agentId), Acts.reason(body.reason()), Acts.by(principal)));
    }

    @PostMapping("/v1/agents/{agentId}/trust")
    ResponseEntity<byte[]> trust(
            @PathVariable String agentId,
            @RequestParam(defaultValue = "default") String network,
            HttpServletRequest request,
            @Nullable Principal principal)
            throws IOException {
        Trust body = Acts.body(request, Trust.class);
        String adjustmentId = body.adjustmentId() == null ? UUID.randomUUID().toString() : body.adjustmentId();
        if (!Ids.isValid(adjustmentId)) {
            throw Acts.invalid("adjustmentId", "adjustmentId " + Ids.complaint(adjustmentId));
        }
        return send(new AdjustTrust(
                Acts.agent(network, agentId),
                adjustmentId,
                body.good(),
                body.bad(),
                Acts.reason(body.reason()),
                Acts.by(principal)));
    }

    private ResponseEntity<byte[]> send(AgentCommand command) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("networkId", command.agent().networkId());
        answer.put("agentId", command.agent().agentId());
        Commands.Answer answered = sendAgainOnConflict(command);
        if (!answered.positions().isEmpty()) {
            answer.put("position", answered.positions().getLast());
        }
        return Answers.json(answer);
    }

    private Commands.Answer sendAgainOnConflict(AgentCommand command) {
        for (int attempt = 1; ; attempt++) {
            try {
                return commands.send(command);
            } catch (DuplicateEventException done) {
                // The same trust adjustment was made before.
                return new Commands.Answer(null, List.of(done.position()));
            } catch (ConcurrencyException raced) {
                if (attempt == ATTEMPTS) {
                    throw raced;
                }
            }
        }
    }
}
