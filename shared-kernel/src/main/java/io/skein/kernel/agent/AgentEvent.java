package io.skein.kernel.agent;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AgentKey;
import io.skein.kernel.id.NetworkId;

/** What became true of an agent. */
public sealed interface AgentEvent
        permits AgentRegistered,
                MessageRecorded,
                MessageBlocked,
                TrustAdjusted,
                AgentQuarantined,
                AgentReleased,
                InterventionDecided {
    NetworkId networkId();

    AgentId agentId();

    /** The agent, named across networks. */
    default AgentKey agent() {
        return new AgentKey(networkId(), agentId());
    }
}
