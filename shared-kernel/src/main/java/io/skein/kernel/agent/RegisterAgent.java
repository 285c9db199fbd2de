package io.skein.kernel.agent;

import io.skein.kernel.id.AgentKey;
import org.axonframework.modelling.command.TargetAggregateIdentifier;

/** Make an agent known before its first message. Registering it again changes nothing. */
public record RegisterAgent(@TargetAggregateIdentifier AgentKey agent) implements AgentCommand {}
