package io.skein.kernel.agent;

import io.skein.kernel.id.AgentKey;
import io.skein.kernel.id.UserId;
import org.axonframework.modelling.command.TargetAggregateIdentifier;

/**
 * Add evidence to the belief in an agent by hand or by rule.
 *
 * @param adjustmentId makes it idempotent
 * @param good weight of evidence for the agent, 0 or more
 * @param bad weight of evidence against it, 0 or more
 * @param reason why, for the trail
 * @param by who asked
 */
public record AdjustTrust(
        @TargetAggregateIdentifier AgentKey agent,
        String adjustmentId,
        double good,
        double bad,
        String reason,
        UserId by)
        implements AgentCommand {}
