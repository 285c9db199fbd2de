package io.skein.kernel.intervention;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.NetworkId;
import org.jspecify.annotations.Nullable;

/** What can be asked about interventions. */
public sealed interface InterventionQuery {
    /** One; the answer is an {@link io.skein.kernel.page.Answer} with an optional {@link InterventionView}. */
    record FindIntervention(NetworkId networkId, String interventionId) implements InterventionQuery {}

    /** Interventions, newest first, a page of {@link InterventionView}; null filters nothing; {@code limit} 1 to 1,000. */
    record ListInterventions(
            NetworkId networkId,
            @Nullable AgentId agentId,
            @Nullable Outcome outcome,
            @Nullable String cursor,
            int limit)
            implements InterventionQuery {}
}
