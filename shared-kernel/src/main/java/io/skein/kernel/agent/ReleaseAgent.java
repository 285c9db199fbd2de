package io.skein.kernel.agent;

import io.skein.kernel.id.AgentKey;
import io.skein.kernel.id.UserId;
import org.axonframework.modelling.command.TargetAggregateIdentifier;

/** End an agent's quarantine. */
public record ReleaseAgent(@TargetAggregateIdentifier AgentKey agent, String reason, UserId by)
        implements AgentCommand {}
