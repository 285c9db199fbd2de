package io.skein.kernel.policy;

import io.skein.kernel.id.NetworkId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Rules and where they come from.
 *
 * @param networkId whose policy it is; null: the common one
 * @param version 0: built in, nobody has changed anything
 * @param position log position of the change; 0 where built in
 */
public record PolicyInForce(
        @Nullable NetworkId networkId, long version, long position, Instant since, PolicyRules rules) {
    /** What holds where nobody has said anything. */
    public static final PolicyInForce BUILT_IN = new PolicyInForce(null, 0, 0, Instant.EPOCH, PolicyRules.BUILT_IN);
}
