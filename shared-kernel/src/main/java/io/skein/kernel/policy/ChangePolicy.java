package io.skein.kernel.policy;

import io.skein.kernel.id.UserId;
import org.axonframework.modelling.command.TargetAggregateIdentifier;
import org.jspecify.annotations.Nullable;

/**
 * Judge by these rules from now on. The rules in force already change nothing.
 *
 * @param ifVersion the policy's version that the change was made from; another one is refused. Null: whatever it is
 */
public record ChangePolicy(
        @TargetAggregateIdentifier PolicyKey policy,
        PolicyRules rules,
        @Nullable Long ifVersion,
        String reason,
        UserId by) {}
