package io.skein.kernel.trust;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.NetworkId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far an agent is trusted, and why.
 *
 * @param trust 100 × the mean of the belief
 * @param trustLow lower bound of the 90 % interval, 0 to 100; rank and judge by it
 * @param trustHigh upper bound of the 90 % interval, 0 to 100
 * @param good weight of the good evidence, prior included, as of {@code evidenceAt}
 * @param bad weight of the bad evidence, prior included, as of {@code evidenceAt}
 * @param evidenceAt when the newest piece of evidence came
 * @param successesSince messages with outcome ok since the newest change listed
 * @param changes newest first, successes between them counted; the newest 256 are kept
 * @param next cursor of the following changes; null at the end
 */
public record TrustView(
        NetworkId networkId,
        AgentId agentId,
        double trust,
        double trustLow,
        double trustHigh,
        double good,
        double bad,
        Instant evidenceAt,
        long successesSince,
        List<Change> changes,
        @Nullable String next) {
    public TrustView {
        changes = List.copyOf(changes);
    }

    /**
     * One change.
     *
     * @param number 1, 2, 3, … for each agent
     * @param kind failure, pattern, dismissed, adjusted, peer
     * @param good weight added
     * @param bad weight added; negative where given back
     * @param successesBefore messages with outcome ok between the change before and this one
     * @param trust after it, as {@link TrustView#trust}
     */
    public record Change(
            long number,
            long position,
            Instant recordedAt,
            String kind,
            double good,
            double bad,
            String reason,
            @Nullable AlertId alertId,
            @Nullable String by,
            long successesBefore,
            double trust,
            double trustLow,
            double trustHigh) {}
}
