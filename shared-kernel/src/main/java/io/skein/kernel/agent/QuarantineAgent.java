package io.skein.kernel.agent;

import io.skein.kernel.id.AgentKey;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.UserId;
import java.time.Instant;
import org.axonframework.modelling.command.TargetAggregateIdentifier;
import org.jspecify.annotations.Nullable;

/**
 * Block an agent's messages until {@code expiresAt} or release.
 *
 * @param expiresAt null: until released
 * @param cause the alert that led to it, where one did
 */
public record QuarantineAgent(
        @TargetAggregateIdentifier AgentKey agent,
        @Nullable Instant expiresAt,
        String reason,
        @Nullable AlertId cause,
        UserId by)
        implements AgentCommand {}
