package io.skein.command.agent;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import io.skein.command.quarantine.QuarantinedAgents;
import io.skein.kernel.agent.AdjustTrust;
import io.skein.kernel.agent.AgentCommand;
import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.EndQuarantine;
import io.skein.kernel.agent.Intervene;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.QuarantineAgent;
import io.skein.kernel.agent.RecordMessage;
import io.skein.kernel.agent.RecordMessages;
import io.skein.kernel.agent.Recorded;
import io.skein.kernel.agent.RegisterAgent;
import io.skein.kernel.agent.ReleaseAgent;
import io.skein.kernel.id.AgentKey;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.modelling.command.AggregateCreationPolicy;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.axonframework.modelling.command.AggregateRoot;
import org.axonframework.modelling.command.CreationPolicy;
import org.axonframework.serialization.Revision;
import org.jspecify.annotations.Nullable;

/** The agent as the framework sees it; every rule is in {@link AgentDecider}. */
@AggregateRoot(type = Agent.TYPE)
@Revision("1")
@JsonAutoDetect(
        fieldVisibility = JsonAutoDetect.Visibility.ANY,
        getterVisibility = JsonAutoDetect.Visibility.NONE,
        isGetterVisibility = JsonAutoDetect.Visibility.NONE)
final class Agent {
    static final String TYPE = "Agent";

    @AggregateIdentifier
    private @Nullable AgentKey key;

    private AgentState state = AgentState.UNKNOWN;

    Agent() {}

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    void handle(RegisterAgent command, Clock clock, QuarantinedAgents others) {
        apply(command, clock, others);
    }

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    Recorded handle(RecordMessage command, Clock clock, QuarantinedAgents others) {
        return answer(apply(command, clock, others).getLast());
    }

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    List<Recorded> handle(RecordMessages command, Clock clock, QuarantinedAgents others) {
        List<AgentEvent> facts = apply(command, clock, others);
        return facts.subList(facts.size() - command.messages().size(), facts.size()).stream()
                .map(Agent::answer)
                .toList();
    }

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    void handle(AdjustTrust command, Clock clock, QuarantinedAgents others) {
        apply(command, clock, others);
    }

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    void handle(QuarantineAgent command, Clock clock, QuarantinedAgents others) {
        apply(command, clock, others);
    }

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    void handle(ReleaseAgent command, Clock clock, QuarantinedAgents others) {
        apply(command, clock, others);
    }

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    void handle(Intervene command, Clock clock, QuarantinedAgents others) {
        apply(command, clock, others);
    }

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    void handle(EndQuarantine command, Clock clock, QuarantinedAgents others) {
        apply(command, clock, others);
    }

    @EventSourcingHandler
    void on(AgentEvent event) {
        if (key == null) {
            key = event.agent();
        }
        state = AgentDecider.evolve(state, event);
    }

    private List<AgentEvent> apply(AgentCommand command, Clock clock, QuarantinedAgents others) {
        Instant now = clock.instant();
        List<AgentEvent> facts = AgentDecider.decide(state, command, now, other -> others.contains(other, now))
                .events();
        facts.forEach(AggregateLifecycle::apply);
        return facts;
    }

    private static Recorded answer(AgentEvent fact) {
        return fact instanceof MessageBlocked ? Recorded.BLOCKED : Recorded.RECORDED;
    }
}
