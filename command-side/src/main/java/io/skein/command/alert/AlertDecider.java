package io.skein.command.alert;

import io.skein.command.alert.AlertFile.Known;
import io.skein.command.alert.AlertFile.Unknown;
import io.skein.command.decision.Decision;
import io.skein.kernel.alert.AlertCommand;
import io.skein.kernel.alert.AlertCommand.AcknowledgeAlert;
import io.skein.kernel.alert.AlertCommand.DismissAlert;
import io.skein.kernel.alert.AlertCommand.RaiseAlert;
import io.skein.kernel.alert.AlertCommand.ResolveAlert;
import io.skein.kernel.alert.AlertEvent;
import io.skein.kernel.alert.AlertEvent.AlertAcknowledged;
import io.skein.kernel.alert.AlertEvent.AlertDismissed;
import io.skein.kernel.alert.AlertEvent.AlertRaised;
import io.skein.kernel.alert.AlertEvent.AlertResolved;
import io.skein.kernel.alert.AlertEvent.AlertUpdated;
import io.skein.kernel.alert.AlertState;
import io.skein.kernel.alert.EvidenceItem;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import io.skein.kernel.problem.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/**
 * The rules of an alert, without framework, clock or database. Raising what is already raised changes nothing; more agents, more evidence, a
 * higher severity or a stronger grade is growth and updates it. A closed alert stays closed: what happens anew has new evidence and so another id.
 */
final class AlertDecider {
    private AlertDecider() {}

    /** @param now Skein's clock */
    static Decision<AlertEvent> decide(AlertFile file, AlertCommand command, Instant now) {
        return switch (command) {
            case RaiseAlert raise -> raise(file, raise, now);
            case AcknowledgeAlert(var alertId, var by) ->
                switch (file) {
                    case Unknown unknown -> notFound(alertId);
                    case Known known
                    when known.state() == AlertState.RAISED ->
                        Decision.accept(new AlertAcknowledged(alertId, known.networkId(), by, now));
                    case Known known when known.state() == AlertState.ACKNOWLEDGED -> Decision.accept();
                    case Known known -> closed(alertId, known);
                };
            case ResolveAlert(var alertId, var by, var reason) ->
                switch (file) {
                    case Unknown unknown -> notFound(alertId);
                    case Known known
                    when known.state().isClosed() ->
                        by.equals(UserId.SKEIN) ? Decision.accept() : closed(alertId, known);
                    case Known known -> Decision.accept(new AlertResolved(alertId, known.networkId(), by, reason, now));
                };
            case DismissAlert(var alertId, var by, var reason) ->
                switch (file) {
                    case Unknown unknown -> notFound(alertId);
                    case Known known when known.state().isClosed() -> closed(alertId, known);
                    case Known known ->
                        Decision.accept(new AlertDismissed(alertId, known.networkId(), by, reason, now));
                };
        };
    }

    static AlertFile evolve(AlertFile file, AlertEvent event) {
        return switch (event) {
            case AlertRaised raised ->
                grown(file, raised.networkId(), raised.severity(), raised.grade(), raised.agents(), raised.evidence());
            case AlertUpdated updated ->
                grown(
                        file,
                        updated.networkId(),
                        updated.severity(),
                        updated.grade(),
                        updated.agents(),
                        updated.evidence());
            case AlertAcknowledged acknowledged -> in(file, AlertState.ACKNOWLEDGED);
            case AlertResolved resolved -> in(file, AlertState.RESOLVED);
            case AlertDismissed dismissed -> in(file, AlertState.DISMISSED);
        };
    }

    private static Decision<AlertEvent> raise(AlertFile file, RaiseAlert raise, Instant now) {
        return switch (file) {
            case Unknown unknown ->
                Decision.accept(new AlertRaised(
                        raise.alertId(),
                        raise.networkId(),
                        raise.pattern(),
                        raise.severity(),
                        raise.grade(),
                        raise.agents(),
                        raise.evidence(),
                        raise.description(),
                        raise.detector(),
                        raise.owasp(),
                        now));
            case Known known when known.state().isClosed() || !grows(known, raise) -> Decision.accept();
            case Known known ->
                Decision.accept(new AlertUpdated(
                        raise.alertId(),
                        known.networkId(),
                        stronger(known.severity(), raise.severity()),
                        surer(known.grade(), raise.grade()),
                        union(known.agents(), raise.agents()),
                        raise.evidence(),
                        raise.description(),
                        raise.detector(),
                        now));
        };
    }

    private static boolean grows(Known known, RaiseAlert raise) {
        return raise.severity().compareTo(known.severity()) > 0
                || surer(known.grade(), raise.grade()) != known.grade()
                || !known.agents().containsAll(raise.agents())
                || !new LinkedHashSet<>(known.evidence()).containsAll(raise.evidence());
    }

    private static AlertFile grown(
            AlertFile file,
            NetworkId network,
            Severity severity,
            Grade grade,
            List<AgentId> agents,
            List<EvidenceItem> evidence) {
        return switch (file) {
            case Unknown unknown -> new Known(network, AlertState.RAISED, severity, grade, agents, evidence);
            case Known known ->
                new Known(
                        known.networkId(),
                        known.state(),
                        stronger(known.severity(), severity),
                        surer(known.grade(), grade),
                        union(known.agents(), agents),
                        union(known.evidence(), evidence));
        };
    }

    private static Severity stronger(Severity one, Severity other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    // Grades are declared from the strongest to the weakest.
    private static Grade surer(Grade one, Grade other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static <T> List<T> union(List<T> first, List<T> second) {
        LinkedHashSet<T> union = new LinkedHashSet<>(first);
        union.addAll(second);
        return new ArrayList<>(union);
    }

    private static AlertFile in(AlertFile file, AlertState state) {
        return switch (file) {
            case Unknown unknown -> unknown;
            case Known known -> known.in(state);
        };
    }

    private static Decision<AlertEvent> notFound(AlertId alertId) {
        return Decision.refuse(Reason.NOT_FOUND, "", "alert " + alertId + " was never raised; expected one that was");
    }

    private static Decision<AlertEvent> closed(AlertId alertId, Known known) {
        return Decision.refuse(
                Reason.NOT_ALLOWED_NOW,
                "",
                "alert " + alertId + " is " + known.state().name().toLowerCase(Locale.ROOT)
                        + "; expected raised or acknowledged");
    }
}
