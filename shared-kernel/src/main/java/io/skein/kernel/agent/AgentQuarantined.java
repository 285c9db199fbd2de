package io.skein.kernel.agent;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import java.time.Instant;
import org.axonframework.serialization.Revision;
import org.jspecify.annotations.Nullable;

/** From here on the agent's messages are blocked, until {@code expiresAt} (null: until released). */
@Revision("1")
public record AgentQuarantined(
        NetworkId networkId,
        AgentId agentId,
        @Nullable Instant expiresAt,
        String reason,
        @Nullable AlertId cause,
        UserId by,
        Instant recordedAt)
        implements AgentEvent {}
