package io.skein.kernel.agent;

import io.skein.kernel.alert.EvidenceItem;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.intervention.Outcome;
import io.skein.kernel.intervention.Rule;
import io.skein.kernel.intervention.Withheld;
import java.time.Instant;
import java.util.List;
import org.axonframework.serialization.Revision;
import org.jspecify.annotations.Nullable;

/**
 * Skein's policy spoke about an agent. Where it was made, {@link AgentQuarantined} is the next event of the log.
 *
 * @param interventionId derived from agent, rule and the event that led to it: the log holds it once
 * @param withheld why not; null where it was made
 * @param cause the alert that led to it; null where the score alone did
 * @param evidence messages behind it, in log order
 * @param score trust of the agent then, 0 to 100
 * @param until when the quarantine ends, or would have ended
 * @param policyVersion of the policy that it followed
 * @param decidedFrom log position of the event that led to it
 * @param reason one sentence a person understands
 */
@Revision("1")
public record InterventionDecided(
        NetworkId networkId,
        AgentId agentId,
        String interventionId,
        Outcome outcome,
        @Nullable Withheld withheld,
        Rule rule,
        @Nullable AlertId cause,
        List<EvidenceItem> evidence,
        double score,
        Instant until,
        long policyVersion,
        long decidedFrom,
        String reason,
        Instant recordedAt)
        implements AgentEvent {
    public InterventionDecided {
        evidence = List.copyOf(evidence);
    }
}
