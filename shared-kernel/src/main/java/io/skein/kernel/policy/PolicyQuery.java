package io.skein.kernel.policy;

import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What can be asked about policies. */
public sealed interface PolicyQuery {
    /**
     * What holds in a network; the answer is an {@link io.skein.kernel.page.Answer} with a {@link PolicyInForce}.
     *
     * @param networkId null: in every network that has no policy of its own
     */
    record FindPolicy(@Nullable NetworkId networkId) implements PolicyQuery {}

    /** The changes of one policy, newest first, a page of {@link Version}; {@code limit} 1 to 1,000. */
    record ListVersions(
            @Nullable NetworkId networkId, @Nullable String cursor, int limit) implements PolicyQuery {}

    /** One change of a policy. */
    record Version(
            @Nullable NetworkId networkId,
            long version,
            long position,
            Instant recordedAt,
            UserId by,
            String reason,
            PolicyRules rules) {}
}
