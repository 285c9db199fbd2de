package io.skein.kernel.intervention;

import io.skein.kernel.alert.EvidenceItem;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that was done about an agent, or left out.
 *
 * @param rule why Skein did it; null where a person did
 * @param withheld why it was left out; null where it was done
 * @param cause the alert behind it
 * @param score trust then, where Skein decided
 * @param by who decided
 * @param policyVersion of the policy that Skein followed
 * @param decidedFrom log position of the event that led to it
 * @param position log position of the decision
 * @param until when the quarantine ends or ended, or would have; null: until released
 * @param renewals how often it was made longer
 * @param endedAt when the log says that it ended; it holds no longer than {@code until} whatever the log says
 * @param blocked messages of the agent that were blocked
 * @param blockedFine of these, messages that report no error: what the quarantine may have cost
 * @param blockedOthers messages of others that were for agents in quarantine alone
 * @param effect null until there is something to compare
 */
public record InterventionView(
        String interventionId,
        NetworkId networkId,
        AgentId agentId,
        Outcome outcome,
        @Nullable Withheld withheld,
        @Nullable Rule rule,
        @Nullable AlertId cause,
        List<EvidenceItem> evidence,
        @Nullable Double score,
        String reason,
        UserId by,
        @Nullable Long policyVersion,
        long decidedFrom,
        long position,
        Instant decidedAt,
        @Nullable Instant until,
        int renewals,
        @Nullable Instant endedAt,
        @Nullable UserId endedBy,
        @Nullable String endReason,
        long blocked,
        long blockedFine,
        long blockedOthers,
        @Nullable Effect effect,
        long lastPosition) {
    public InterventionView {
        evidence = List.copyOf(evidence);
    }
}
