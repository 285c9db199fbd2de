package io.skein.command.agent;

import io.skein.command.decision.Decision;
import io.skein.kernel.agent.AdjustTrust;
import io.skein.kernel.agent.AgentCommand;
import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentRegistered;
import io.skein.kernel.agent.AgentReleased;
import io.skein.kernel.agent.EndQuarantine;
import io.skein.kernel.agent.Intervene;
import io.skein.kernel.agent.InterventionDecided;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.agent.QuarantineAgent;
import io.skein.kernel.agent.RecordMessage;
import io.skein.kernel.agent.RecordMessages;
import io.skein.kernel.agent.RegisterAgent;
import io.skein.kernel.agent.ReleaseAgent;
import io.skein.kernel.agent.TrustAdjusted;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AgentKey;
import io.skein.kernel.id.UserId;
import io.skein.kernel.intervention.Outcome;
import io.skein.kernel.intervention.Withheld;
import io.skein.kernel.message.Message;
import io.skein.kernel.problem.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/** The rules of an agent, without framework, clock or database. */
final class AgentDecider {
    static final String SENDER_QUARANTINED = "SENDER_QUARANTINED";
    static final String TARGETS_QUARANTINED = "TARGETS_QUARANTINED";
    static final String QUARANTINE_RAN_OUT = "QUARANTINE_RAN_OUT";

    private AgentDecider() {}

    /**
     * What follows from the command. For messages, the last facts are one for each message, in order.
     *
     * @param now Skein's clock
     * @param inQuarantine whether another agent is in quarantine now
     */
    static Decision<AgentEvent> decide(
            AgentState state, AgentCommand command, Instant now, Predicate<AgentKey> inQuarantine) {
        return switch (command) {
            case RegisterAgent(AgentKey agent) ->
                state.known() ? Decision.accept() : Decision.accept(registered(agent, now));
            case RecordMessage(AgentKey agent, Message message) ->
                record(state, agent, List.of(message), now, inQuarantine);
            case RecordMessages(AgentKey agent, List<Message> messages) ->
                record(state, agent, messages, now, inQuarantine);
            case AdjustTrust adjust -> adjust(state, adjust, now);
            case QuarantineAgent quarantine -> quarantine(state, quarantine, now);
            case ReleaseAgent release -> release(state, release, now);
            case Intervene intervene -> intervene(state, intervene, now);
            case EndQuarantine(AgentKey agent) ->
                state.hasQuarantineRunOutAt(now) ? Decision.accept(ranOut(agent, now)) : Decision.accept();
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
            case InterventionDecided decided -> state;
        };
    }

    private static Decision<AgentEvent> record(
            AgentState state, AgentKey agent, List<Message> messages, Instant now, Predicate<AgentKey> inQuarantine) {
        List<AgentEvent> facts = new ArrayList<>(messages.size() + 1);
        if (!state.known()) {
            facts.add(registered(agent, now));
        }
        if (state.hasQuarantineRunOutAt(now)) {
            facts.add(ranOut(agent, now));
        }
        boolean blocked = state.isQuarantinedAt(now);
        for (Message message : messages) {
            if (blocked) {
                facts.add(new MessageBlocked(message, SENDER_QUARANTINED, now));
            } else if (reachesNobody(message, inQuarantine)) {
                facts.add(new MessageBlocked(message, TARGETS_QUARANTINED, now));
            } else {
                facts.add(new MessageRecorded(message, now));
            }
        }
        return Decision.accept(facts);
    }

    /** Whether it has targets and all of them are in quarantine. */
    private static boolean reachesNobody(Message message, Predicate<AgentKey> inQuarantine) {
        List<AgentId> targets = message.targetAgents();
        return !targets.isEmpty()
                && targets.stream().allMatch(target -> inQuarantine.test(new AgentKey(message.networkId(), target)));
    }

    private static Decision<AgentEvent> intervene(AgentState state, Intervene command, Instant now) {
        boolean quarantined = state.isQuarantinedAt(now);
        Instant present = state.quarantinedUntil();
        Withheld withheld = command.withheld();
        if (withheld == null && !command.until().isAfter(now)) {
            withheld = Withheld.TOO_LATE;
        } else if (withheld == null) {
            withheld = switch (command.outcome()) {
                case QUARANTINED -> quarantined ? Withheld.OVERTAKEN : null;
                case RENEWED ->
                    quarantined && present != null && present.isBefore(command.until()) ? null : Withheld.OVERTAKEN;
                case WITHHELD -> Withheld.OVERTAKEN;
            };
        }
        AgentKey agent = command.agent();
        List<AgentEvent> facts = new ArrayList<>(4);
        if (!state.known()) {
            facts.add(registered(agent, now));
        }
        if (state.hasQuarantineRunOutAt(now)) {
            facts.add(ranOut(agent, now));
        }
        facts.add(new InterventionDecided(
                agent.networkId(),
                agent.agentId(),
                command.interventionId(),
                withheld == null ? command.outcome() : Outcome.WITHHELD,
                withheld,
                command.rule(),
                command.cause(),
                command.evidence(),
                command.score(),
                command.until(),
                command.policyVersion(),
                command.decidedFrom(),
                command.reason(),
                now));
        if (withheld == null) {
            facts.add(new AgentQuarantined(
                    agent.networkId(),
                    agent.agentId(),
                    command.until(),
                    command.reason(),
                    command.cause(),
                    UserId.SKEIN,
                    now));
        }
        return Decision.accept(facts);
    }

    private static AgentReleased ranOut(AgentKey agent, Instant now) {
        return new AgentReleased(agent.networkId(), agent.agentId(), QUARANTINE_RAN_OUT, UserId.SKEIN, now);
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
