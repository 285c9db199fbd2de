package io.skein.kernel.policy;

import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import java.time.Instant;
import org.axonframework.serialization.Revision;
import org.jspecify.annotations.Nullable;

/**
 * From here on these rules hold.
 *
 * @param networkId for which network; null: for every network that has none of its own
 * @param version of this policy, from 1
 */
@Revision("1")
public record PolicyChanged(
        @Nullable NetworkId networkId, long version, PolicyRules rules, String reason, UserId by, Instant recordedAt) {
    /** The policy, named. */
    public PolicyKey policy() {
        return new PolicyKey(networkId);
    }
}
