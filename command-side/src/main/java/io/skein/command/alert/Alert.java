package io.skein.command.alert;

import io.skein.kernel.alert.AlertCommand;
import io.skein.kernel.alert.AlertCommand.AcknowledgeAlert;
import io.skein.kernel.alert.AlertCommand.DismissAlert;
import io.skein.kernel.alert.AlertCommand.RaiseAlert;
import io.skein.kernel.alert.AlertCommand.ResolveAlert;
import io.skein.kernel.alert.AlertEvent;
import io.skein.kernel.id.AlertId;
import java.time.Clock;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.modelling.command.AggregateCreationPolicy;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.axonframework.modelling.command.AggregateRoot;
import org.axonframework.modelling.command.CreationPolicy;
import org.jspecify.annotations.Nullable;

/** The alert as the framework sees it; every rule is in {@link AlertDecider}. */
@AggregateRoot(type = Alert.TYPE)
final class Alert {
    static final String TYPE = "Alert";

    @AggregateIdentifier
    private @Nullable AlertId alertId;

    private AlertFile file = new AlertFile.Unknown();

    Alert() {}

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    void handle(RaiseAlert command, Clock clock) {
        apply(command, clock);
    }

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    void handle(AcknowledgeAlert command, Clock clock) {
        apply(command, clock);
    }

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    void handle(ResolveAlert command, Clock clock) {
        apply(command, clock);
    }

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    void handle(DismissAlert command, Clock clock) {
        apply(command, clock);
    }

    @EventSourcingHandler
    void on(AlertEvent event) {
        alertId = event.alertId();
        file = AlertDecider.evolve(file, event);
    }

    private void apply(AlertCommand command, Clock clock) {
        AlertDecider.decide(file, command, clock.instant()).events().forEach(AggregateLifecycle::apply);
    }
}
