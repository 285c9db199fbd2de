package io.skein.kernel.agent;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import java.time.Instant;
import org.axonframework.serialization.Revision;

/** Evidence was added to the belief in an agent; {@code good} and {@code bad} are weights, 0 or more. */
@Revision("1")
public record TrustAdjusted(
        NetworkId networkId,
        AgentId agentId,
        String adjustmentId,
        double good,
        double bad,
        String reason,
        UserId by,
        Instant recordedAt)
        implements AgentEvent {}
