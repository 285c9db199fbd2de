package io.skein.command.agent;

import io.skein.command.decision.Decision;
import io.skein.kernel.agent.AdjustTrust;
import io.skein.kernel.agent.AgentCommand;
import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentRegistered;
import io.skein.kernel.agent.AgentReleased;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.agent.QuarantineAgent;
import io.skein.kernel.agent.RecordMessage;
import io.skein.kernel.agent.RecordMessages;
import io.skein.kernel.agent.RegisterAgent;
import io.skein.kernel.agent.ReleaseAgent;
import io.skein.kernel.agent.TrustAdjusted;
import io.skein.kernel.id.AgentKey;
import io.skein.kernel.id.UserId;
import io.skein.kernel.message.Message;
import io.skein.kernel.problem.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The rules of an agent, without framework, clock or database. */
final class AgentDecider {
    static final String SENDER_QUARANTINED = "SENDER_QUARANTINED";
    static final String QUARANTINE_RAN_OUT = "QUARANTINE_RAN_OUT";
    private static final UserId SKEIN = new UserId("skein");

    private AgentDecider() {}

    /**
     * What follows from the command. For messages, the last facts are one for each message, in order.
     *
     * @param now Skein's clock
     */
    static Decision<AgentEvent> decide(AgentState state, AgentCommand command, Instant now) {
        return switch (command) {
            case RegisterAgent(AgentKey agent) ->
                state.known() ? Decision.accept() : Decision.accept(registered(agent, now));
            case RecordMessage(AgentKey agent, Message message) -> record(state, agent, List.of(message), now);
            case RecordMessages(AgentKey agent, List<Message> messages) -> record(state, agent, messages, now);
            case AdjustTrust adjust -> adjust(state, adjust, now);
            case QuarantineAgent quarantine -> quarantine(state, quarantine, now);
            case ReleaseAgent release -> release(state, release, now);
        };
    }

    static AgentState evolve(AgentState state, AgentEvent event) {
        return switch (event) {
            case AgentRegistered registered -> new AgentState(true, state.quarantined(), state.quarantinedUntil());
            case MessageRecorded recorded -> state;
            case MessageBlocked blocked -> state;
            case TrustAdjusted adjusted -> state;
            case AgentQuarantined quarantined -> new AgentState(state.known(), true, quarantined.expiresAt());
            case AgentReleased released -> new AgentState(state.known(), false, null);
        };
    }

    private static Decision<AgentEvent> record(AgentState state, AgentKey agent, List<Message> messages, Instant now) {
        List<AgentEvent> facts = new ArrayList<>(messages.size() + 1);
        if (!state.known()) {
            facts.add(registered(agent, now));
        }
        if (state.hasQuarantineRunOutAt(now)) {
            facts.add(new AgentReleased(agent.networkId(), agent.agentId(), QUARANTINE_RAN_OUT, SKEIN, now));
        }
        boolean blocked = state.isQuarantinedAt(now);
        for (Message message : messages) {
            facts.add(
                    blocked ? new MessageBlocked(message, SENDER_QUARANTINED, now) : new MessageRecorded(message, now));
        }
        return Decision.accept(facts);
    }

    private static Decision<AgentEvent> adjust(AgentState state, AdjustTrust command, Instant now) {
        if (!state.known()) {
            return unknown(command.agent());
        }
        if (!isWeight(command.good())) {
            return noWeight("good", command.good());
        }
        if (!isWeight(command.bad())) {
            return noWeight("bad", command.bad());
        }
        return Decision.accept(new TrustAdjusted(
                command.agent().networkId(),
                command.agent().agentId(),
                command.adjustmentId(),
                command.good(),
                command.bad(),
                command.reason(),
                command.by(),
                now));
    }

    private static Decision<AgentEvent> quarantine(AgentState state, QuarantineAgent command, Instant now) {
        if (!state.known()) {
            return unknown(command.agent());
        }
        Instant expiresAt = command.expiresAt();
        if (expiresAt != null && !expiresAt.isAfter(now)) {
            return Decision.refuse(
                    Reason.INVALID,
                    "expiresAt",
                    "agent " + command.agent() + ": quarantine would end at " + expiresAt + "; expected after " + now);
        }
        if (state.isQuarantinedAt(now) && Objects.equals(state.quarantinedUntil(), expiresAt)) {
            return Decision.accept();
        }
        return Decision.accept(new AgentQuarantined(
                command.agent().networkId(),
                command.agent().agentId(),
                expiresAt,
                command.reason(),
                command.cause(),
                command.by(),
                now));
    }

    private static Decision<AgentEvent> release(AgentState state, ReleaseAgent command, Instant now) {
        if (!state.known()) {
            return unknown(command.agent());
        }
        if (!state.quarantined()) {
            return Decision.refuse(
                    Reason.NOT_ALLOWED_NOW,
                    "",
                    "agent " + command.agent() + " is not in quarantine; expected one that is");
        }
        return Decision.accept(new AgentReleased(
                command.agent().networkId(), command.agent().agentId(), command.reason(), command.by(), now));
    }

    private static AgentRegistered registered(AgentKey agent, Instant now) {
        return new AgentRegistered(agent.networkId(), agent.agentId(), now);
    }

    private static boolean isWeight(double weight) {
        return weight >= 0 && weight <= Double.MAX_VALUE;
    }

    private static Decision<AgentEvent> noWeight(String field, double found) {
        return Decision.refuse(
                Reason.INVALID, field, field + " is " + found + "; expected a finite weight of 0 or more");
    }

    private static Decision<AgentEvent> unknown(AgentKey agent) {
        return Decision.refuse(
                Reason.NOT_FOUND,
                "",
                "agent " + agent + " is not known; expected one that was registered or has spoken");
    }
}
