package io.skein.projection.audit;

import io.skein.eventlog.KernelJson;
import io.skein.eventlog.MessageIds;
import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentRegistered;
import io.skein.kernel.agent.AgentReleased;
import io.skein.kernel.agent.InterventionDecided;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.agent.TrustAdjusted;
import io.skein.kernel.alert.AlertEvent;
import io.skein.kernel.alert.AlertEvent.AlertAcknowledged;
import io.skein.kernel.alert.AlertEvent.AlertDismissed;
import io.skein.kernel.alert.AlertEvent.AlertRaised;
import io.skein.kernel.alert.AlertEvent.AlertResolved;
import io.skein.kernel.alert.AlertEvent.AlertUpdated;
import io.skein.kernel.audit.AuditLogEvent;
import io.skein.kernel.audit.AuditLogEvent.ActRecorded;
import io.skein.kernel.audit.AuditLogEvent.AuditAccessed;
import io.skein.kernel.audit.AuditLogEvent.CheckpointSigned;
import io.skein.kernel.audit.AuditLogEvent.KeyAdopted;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import io.skein.kernel.message.Message;
import io.skein.kernel.policy.PolicyChanged;
import io.skein.projection.engine.LoggedEvent;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One row of the trail.
 *
 * @param causeEvent the event id that the causing message has, if it is in the log
 * @param speaking agents that said it or that it is about
 * @param addressed the other agents that it went to
 */
record Entry(
        long position,
        Instant recordedAt,
        @Nullable String network,
        String eventType,
        String aggregateType,
        String aggregateId,
        long sequence,
        @Nullable String agent,
        @Nullable String message,
        @Nullable String conversation,
        @Nullable String actor,
        String subject,
        String summary,
        @Nullable String causation,
        @Nullable UUID causeEvent,
        @Nullable String messageType,
        @Nullable String outcome,
        @Nullable String severity,
        Set<String> speaking,
        Set<String> addressed) {

    private static final long STRETCH = 4_096;

    private record Facts(
            @Nullable String network,
            @Nullable String agent,
            @Nullable Message message,
            @Nullable String actor,
            String subject,
            String summary) {}

    /** First position of the stretch of the log that it is in; history looks for times by stretches. */
    long stretch() {
        return (position - 1) / STRETCH * STRETCH + 1;
    }

    static Entry of(LoggedEvent event) {
        String type = event.typeName();
        Object payload = event.isKnown() ? event.payload() : null;
        Facts facts;
        if (payload instanceof AgentEvent agentEvent) {
            facts = of(agentEvent);
        } else if (payload instanceof AlertEvent alertEvent) {
            facts = of(alertEvent);
        } else if (payload instanceof AuditLogEvent auditLogEvent) {
            facts = of(auditLogEvent);
        } else if (payload instanceof PolicyChanged changed) {
            facts = of(changed);
        } else {
            facts = unknown(event, type);
        }
        Message message = facts.message();
        MessageId causation = message == null ? null : message.causationId();
        return new Entry(
                event.position(),
                event.recordedAt(),
                facts.network(),
                type,
                event.aggregateType(),
                event.aggregateId(),
                event.sequence(),
                facts.agent(),
                message == null ? null : message.messageId().value(),
                message == null || message.conversationId() == null
                        ? null
                        : message.conversationId().value(),
                facts.actor(),
                facts.subject(),
                facts.summary(),
                causation == null ? null : causation.value(),
                message == null || causation == null ? null : MessageIds.eventId(message.networkId(), causation),
                message == null ? null : word(message.type()),
                message == null || message.outcome() == null ? null : word(message.outcome()),
                severity(payload),
                speaking(facts, payload),
                message == null ? Set.of() : addressed(message));
    }

    private static @Nullable String severity(@Nullable Object payload) {
        return switch (payload) {
            case AlertRaised raised -> word(raised.severity());
            case AlertUpdated updated -> word(updated.severity());
            case null, default -> null;
        };
    }

    /** The agent that the event is about, or the agents of the alert. */
    private static Set<String> speaking(Facts facts, @Nullable Object payload) {
        List<AgentId> agents = switch (payload) {
            case AlertRaised raised -> raised.agents();
            case AlertUpdated updated -> updated.agents();
            case null, default -> List.of();
        };
        Set<String> speaking = new LinkedHashSet<>();
        if (facts.agent() != null) {
            speaking.add(facts.agent());
        }
        agents.forEach(agent -> speaking.add(agent.value()));
        return speaking;
    }

    private static Set<String> addressed(Message message) {
        Set<String> addressed = new LinkedHashSet<>();
        message.targetAgents().forEach(target -> addressed.add(target.value()));
        addressed.remove(message.agentId().value());
        return addressed;
    }

    private static Facts unknown(LoggedEvent event, String type) {
        String subject = event.aggregateId();
        String summary = type + ", which this version cannot explain, happened to " + subject + ".";
        return new Facts(null, null, null, null, subject, summary);
    }

    private static Facts of(AgentEvent event) {
        String agent = event.agentId().value();
        Message message = null;
        String actor = agent;
        String summary = switch (event) {
            case AgentRegistered registered -> agent + " became known.";
            case MessageRecorded recorded -> {
                message = recorded.message();
                yield said(recorded.message()) + ".";
            }
            case MessageBlocked blocked -> {
                message = blocked.message();
                yield said(blocked.message()) + "; it was blocked (" + blocked.reason() + ").";
            }
            case TrustAdjusted adjusted -> {
                actor = adjusted.by().value();
                yield actor + " added evidence on " + agent + ": " + adjusted.good() + " good, " + adjusted.bad()
                        + " bad.";
            }
            case AgentQuarantined quarantined -> {
                actor = quarantined.by().value();
                yield actor + " put " + agent + " in quarantine "
                        + (quarantined.expiresAt() == null
                                ? "until release."
                                : "until " + quarantined.expiresAt() + ".");
            }
            case AgentReleased released -> {
                actor = released.by().value();
                yield actor + " released " + agent + " from quarantine.";
            }
            case InterventionDecided decided -> {
                actor = UserId.SKEIN.value();
                yield actor
                        + (decided.withheld() == null
                                ? " decided on quarantine for "
                                : " withheld a quarantine of (" + word(decided.withheld()) + ") ")
                        + agent + ": " + decided.reason();
            }
        };
        return new Facts(event.networkId().value(), agent, message, actor, agent, summary);
    }

    private static Facts of(AlertEvent event) {
        String alert = event.alertId().value();
        String actor = null;
        String summary = switch (event) {
            case AlertRaised raised -> {
                actor = raised.detector().name();
                yield actor + " raised a " + word(raised.severity()) + " "
                        + word(raised.pattern()).replace('_', ' ') + " alert on "
                        + raised.agents().size() + " agents.";
            }
            case AlertUpdated updated -> {
                actor = updated.detector().name();
                yield actor + " updated an alert: now " + word(updated.severity()) + ", on "
                        + updated.agents().size() + " agents.";
            }
            case AlertAcknowledged acknowledged -> {
                actor = acknowledged.by().value();
                yield actor + " acknowledged an alert.";
            }
            case AlertResolved resolved -> {
                actor = resolved.by().value();
                yield actor + " resolved an alert.";
            }
            case AlertDismissed dismissed -> {
                actor = dismissed.by().value();
                yield actor + " dismissed an alert as a false positive.";
            }
        };
        return new Facts(event.networkId().value(), null, null, actor, alert, summary);
    }

    private static Facts of(AuditLogEvent event) {
        NetworkId network = event.networkId();
        String actor;
        String subject;
        String summary;
        switch (event) {
            case AuditAccessed accessed -> {
                actor = accessed.by().value();
                subject = accessed.question();
                summary = actor + " asked " + subject + " and was given " + accessed.items() + " items as of position "
                        + accessed.position() + ".";
            }
            case ActRecorded act -> {
                actor = act.by().value();
                subject = act.subject();
                summary = actor + " did " + act.act() + " on " + subject
                        + (act.reason().isEmpty() ? "." : ": " + act.reason());
            }
            case CheckpointSigned signed -> {
                actor = signed.origin();
                subject = signed.keyId();
                summary = "Key " + subject + " signed the root of the first " + signed.treeSize() + " events.";
            }
            case KeyAdopted adopted -> {
                actor = adopted.origin();
                subject = adopted.keyId();
                summary = "Checkpoints are signed with key " + subject
                        + (adopted.replaces() == null ? "." : ", which replaces " + adopted.replaces() + ".");
            }
        }
        return new Facts(network == null ? null : network.value(), null, null, actor, subject, summary);
    }

    private static Facts of(PolicyChanged changed) {
        String actor = changed.by().value();
        String network =
                changed.networkId() == null ? null : changed.networkId().value();
        return new Facts(
                network,
                null,
                null,
                actor,
                changed.policy().toString(),
                actor + " changed the policy of "
                        + (network == null ? "all networks without one of their own" : network) + " to version "
                        + changed.version() + ".");
    }

    private static String said(Message message) {
        List<AgentId> targets = message.targetAgents();
        String to = switch (targets.size()) {
            case 0 -> "nobody";
            case 1 -> targets.getFirst().value();
            default -> targets.size() + " agents";
        };
        String sent = message.agentId().value() + " sent a " + word(message.type()) + " to " + to;
        return message.outcome() == null ? sent : sent + " with outcome " + word(message.outcome());
    }

    private static String word(Enum<?> value) {
        return KernelJson.word(value);
    }
}
