package io.skein.kernel.agent;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.NetworkId;
import org.jspecify.annotations.Nullable;

/** What can be asked about agents. */
public sealed interface AgentQuery {
    /** One agent; the answer is an {@link io.skein.kernel.page.Answer} with an optional {@link AgentSummary}. */
    record FindAgent(NetworkId networkId, AgentId agentId) implements AgentQuery {}

    /**
     * Why an agent is trusted as it is; the answer is an {@link io.skein.kernel.page.Answer} with an optional {@link
     * io.skein.kernel.trust.TrustView}; {@code limit} 1 to 1,000.
     */
    record FindTrust(
            NetworkId networkId, AgentId agentId, @Nullable String cursor, int limit) implements AgentQuery {}

    /** Agents by id, a page of {@link AgentSummary}; {@code limit} 1 to 1,000. */
    record ListAgents(NetworkId networkId, @Nullable String cursor, int limit) implements AgentQuery {}

    /** All networks that have a message, by id; the answer is an {@link io.skein.kernel.page.Answer} with a list. */
    record ListNetworks() implements AgentQuery {}
}
