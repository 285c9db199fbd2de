package io.skein.kernel.agent;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.NetworkId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one agent, from events alone.
 *
 * @param sent messages it sent, blocked ones included
 * @param received messages that named it as target
 * @param errors messages of its with outcome error or timeout
 * @param trust 0 to 100: 100 × mean of the belief
 * @param trustLow lower bound of the 90 % interval, 0 to 100; rank and judge by it
 * @param trustHigh upper bound of the 90 % interval, 0 to 100
 * @param quarantinedUntil null where not in quarantine; {@link Instant#MAX} is never used: see {@code quarantined}
 * @param firstPosition log position of the first event that names it
 * @param lastPosition log position of the newest event that names it
 * @param firstSeenAt Skein's clock then
 * @param lastSeenAt Skein's clock then
 */
public record AgentSummary(
        NetworkId networkId,
        AgentId agentId,
        long sent,
        long received,
        long errors,
        double trust,
        double trustLow,
        double trustHigh,
        boolean quarantined,
        @Nullable Instant quarantinedUntil,
        long firstPosition,
        long lastPosition,
        Instant firstSeenAt,
        Instant lastSeenAt) {}
