package io.skein.kernel.agent;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import java.time.Instant;
import org.axonframework.serialization.Revision;

/** The agent's quarantine ended. */
@Revision("1")
public record AgentReleased(NetworkId networkId, AgentId agentId, String reason, UserId by, Instant recordedAt)
        implements AgentEvent {}
