package io.skein.projection.agents;

import io.skein.kernel.policy.Policies;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One piece of evidence about an agent.
 *
 * @param policies as they stood when it came
 * @param alertId the alert behind it, where one is
 * @param by who said it, where it is somebody's word
 */
record TrustPiece(
        Kind kind,
        double good,
        double bad,
        Instant at,
        long position,
        Policies policies,
        String reason,
        @Nullable String alertId,
        @Nullable String by) {
    /** Stable words of {@code trust_change.kind}. */
    enum Kind {
        SUCCESS,
        FAILURE,
        PATTERN,
        DISMISSED,
        ADJUSTED,
        PEER
    }
}
