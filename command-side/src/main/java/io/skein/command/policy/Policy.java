package io.skein.command.policy;

import io.skein.kernel.policy.ChangePolicy;
import io.skein.kernel.policy.PolicyChanged;
import io.skein.kernel.policy.PolicyKey;
import java.time.Clock;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.modelling.command.AggregateCreationPolicy;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.axonframework.modelling.command.AggregateRoot;
import org.axonframework.modelling.command.CreationPolicy;
import org.jspecify.annotations.Nullable;

/** The policy as the framework sees it; every rule is in {@link PolicyDecider}. */
@AggregateRoot(type = Policy.TYPE)
final class Policy {
    static final String TYPE = "Policy";

    @AggregateIdentifier
    private @Nullable PolicyKey key;

    private PolicyDecider.State state = PolicyDecider.State.NONE;

    Policy() {}

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    void handle(ChangePolicy command, Clock clock) {
        PolicyDecider.decide(state, command, clock.instant()).events().forEach(AggregateLifecycle::apply);
    }

    @EventSourcingHandler
    void on(PolicyChanged event) {
        key = event.policy();
        state = PolicyDecider.evolve(event);
    }
}
