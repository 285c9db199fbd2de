package io.skein.kernel.agent;

import io.skein.kernel.id.AgentKey;
import org.axonframework.modelling.command.TargetAggregateIdentifier;

/** Say that an agent's quarantine has run out, if it has; otherwise nothing changes. */
public record EndQuarantine(@TargetAggregateIdentifier AgentKey agent) implements AgentCommand {}
