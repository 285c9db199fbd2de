package io.skein.command.audit;

import io.skein.kernel.audit.AuditLogCommand;
import io.skein.kernel.audit.AuditLogCommand.AdoptKey;
import io.skein.kernel.audit.AuditLogCommand.RecordAccess;
import io.skein.kernel.audit.AuditLogCommand.RecordAct;
import io.skein.kernel.audit.AuditLogCommand.SignCheckpoint;
import io.skein.kernel.audit.AuditLogEvent;
import io.skein.kernel.id.AuditLogId;
import java.time.Clock;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.modelling.command.AggregateCreationPolicy;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.axonframework.modelling.command.AggregateRoot;
import org.axonframework.modelling.command.CreationPolicy;
import org.jspecify.annotations.Nullable;

/** The audit log as the framework sees it; every rule is in {@link AuditLogDecider}. */
@AggregateRoot(type = AuditLog.TYPE)
final class AuditLog {
    static final String TYPE = "AuditLog";

    @AggregateIdentifier
    private @Nullable AuditLogId auditLogId;

    private @Nullable AuditLogEvent held;

    AuditLog() {}

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    void handle(RecordAccess command, Clock clock) {
        apply(command, clock);
    }

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    void handle(RecordAct command, Clock clock) {
        apply(command, clock);
    }

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    void handle(SignCheckpoint command, Clock clock) {
        apply(command, clock);
    }

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    void handle(AdoptKey command, Clock clock) {
        apply(command, clock);
    }

    @EventSourcingHandler
    void on(AuditLogEvent event) {
        auditLogId = event.auditLogId();
        held = AuditLogDecider.evolve(held, event);
    }

    private void apply(AuditLogCommand command, Clock clock) {
        AuditLogDecider.decide(held, command, clock.instant()).events().forEach(AggregateLifecycle::apply);
    }
}
