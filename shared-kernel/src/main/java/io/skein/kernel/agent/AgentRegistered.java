package io.skein.kernel.agent;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.NetworkId;
import java.time.Instant;
import org.axonframework.serialization.Revision;

/** An agent became known: by registration or by the first message it sent. */
@Revision("1")
public record AgentRegistered(NetworkId networkId, AgentId agentId, Instant recordedAt) implements AgentEvent {}
