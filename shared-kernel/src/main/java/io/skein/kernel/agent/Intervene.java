package io.skein.kernel.agent;

import io.skein.kernel.alert.EvidenceItem;
import io.skein.kernel.id.AgentKey;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.intervention.Outcome;
import io.skein.kernel.intervention.Rule;
import io.skein.kernel.intervention.Withheld;
import java.time.Instant;
import java.util.List;
import org.axonframework.modelling.command.TargetAggregateIdentifier;
import org.jspecify.annotations.Nullable;

/** Do, or record as withheld, what the policy says about an agent; fields as in {@link InterventionDecided}. Sent by Skein alone; the same again is refused by the log. */
public record Intervene(
        @TargetAggregateIdentifier AgentKey agent,
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
        String reason)
        implements AgentCommand {
    public Intervene {
        evidence = List.copyOf(evidence);
    }
}
