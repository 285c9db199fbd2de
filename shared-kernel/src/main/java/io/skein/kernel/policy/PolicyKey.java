package io.skein.kernel.policy;

import io.skein.kernel.id.NetworkId;
import org.jspecify.annotations.Nullable;

/**
 * Names a policy aggregate.
 *
 * @param networkId whose policy it is; null: of every network that has none of its own
 */
public record PolicyKey(@Nullable NetworkId networkId) {
    /** The policy of every network that has none of its own. */
    public static final PolicyKey COMMON = new PolicyKey(null);

    /** {@code policy} or {@code policy:network}, with {@code %} and {@code /} of the network's id escaped, so that it is no agent's key. */
    @Override
    public String toString() {
        return networkId == null
                ? "policy"
                : "policy:" + networkId.value().replace("%", "%25").replace("/", "%2F");
    }
}
