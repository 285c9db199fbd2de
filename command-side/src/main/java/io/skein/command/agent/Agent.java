package io.skein.command.agent;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import io.skein.kernel.agent.AdjustTrust;
import io.skein.kernel.agent.AgentCommand;
import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.QuarantineAgent;
import io.skein.kernel.agent.RecordMessage;
import io.skein.kernel.agent.RecordMessages;
import io.skein.kernel.agent.Recorded;
import io.skein.kernel.agent.RegisterAgent;
import io.skein.kernel.agent.ReleaseAgent;
import io.skein.kernel.id.AgentKey;
import java.time.Clock;
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
    void handle(RegisterAgent command, Clock clock) {
        apply(command, clock);
    }

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    Recorded handle(RecordMessage command, Clock clock) {
        return answer(apply(command, clock).getLast());
    }

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    List<Recorded> handle(RecordMessages command, Clock clock) {
        List<AgentEvent> facts = apply(command, clock);
        return facts.subList(facts.size() - command.messages().size(), facts.size()).stream()
                .map(Agent::answer)
                .toList();
    }

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    void handle(AdjustTrust command, Clock clock) {
        apply(command, clock);
    }

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    void handle(QuarantineAgent command, Clock clock) {
        apply(command, clock);
    }

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    void handle(ReleaseAgent command, Clock clock) {
        apply(command, clock);
    }

    @EventSourcingHandler
    void on(AgentEvent event) {
        if (key == null) {
            key = event.agent();
        }
        state = AgentDecider.evolve(state, event);
    }

    private List<AgentEvent> apply(AgentCommand command, Clock clock) {
        List<AgentEvent> facts =
                AgentDecider.decide(state, command, clock.instant()).events();
        facts.forEach(AggregateLifecycle::apply);
        return facts;
    }

    private static Recorded answer(AgentEvent fact) {
        return fact instanceof MessageBlocked ? Recorded.BLOCKED : Recorded.RECORDED;
    }
}
