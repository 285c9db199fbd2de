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
import io.skein.kernel.alert.AlertState;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.problem.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/**
 * The rules of an alert, without framework, clock or database. Raising what is already raised changes nothing; more agents, more evidence, a
 * higher severity or a stronger grade is growth and raises it again. A closed alert stays closed: what happens anew has new evidence and so another id.
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
                    case Known known when known.state().isClosed() -> closed(alertId, known);
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
            case AlertRaised raised -> raised(file, raised);
            case AlertAcknowledged acknowledged -> in(file, AlertState.ACKNOWLEDGED);
            case AlertResolved resolved -> in(file, AlertState.RESOLVED);
            case AlertDismissed dismissed -> in(file, AlertState.DISMISSED);
        };
    }

    private static Decision<AlertEvent> raise(AlertFile file, RaiseAlert raise, Instant now) {
        boolean news = switch (file) {
            case Unknown unknown -> true;
            case Known known -> !known.state().isClosed() && grows(known, raise);
        };
        if (!news) {
            return Decision.accept();
        }
        return Decision.accept(new AlertRaised(
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
    }

    // Grades are declared from the strongest to the weakest.
    private static boolean grows(Known known, RaiseAlert raise) {
        return raise.severity().compareTo(known.severity()) > 0
                || raise.grade().compareTo(known.grade()) < 0
                || !known.agents().containsAll(raise.agents())
                || !new LinkedHashSet<>(known.evidence()).containsAll(raise.evidence());
    }

    private static AlertFile raised(AlertFile file, AlertRaised raised) {
        return switch (file) {
            case Unknown unknown ->
                new Known(
                        raised.networkId(),
                        AlertState.RAISED,
                        raised.severity(),
                        raised.grade(),
                        raised.agents(),
                        raised.evidence());
            case Known known ->
                new Known(
                        known.networkId(),
                        known.state(),
                        raised.severity().compareTo(known.severity()) > 0 ? raised.severity() : known.severity(),
                        raised.grade().compareTo(known.grade()) < 0 ? raised.grade() : known.grade(),
                        union(known.agents(), raised.agents()),
                        union(known.evidence(), raised.evidence()));
        };
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
