package io.skein.command.agent;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a decision about an agent needs to know; small, because it is cached for every agent and stored as its snapshot.
 *
 * @param known whether it was registered or has spoken
 * @param quarantined whether a quarantine was ordered and not ended; it may have run out
 * @param quarantinedUntil when it runs out; null: never
 */
record AgentState(
        boolean known, boolean quarantined, @Nullable Instant quarantinedUntil) {
    static final AgentState UNKNOWN = new AgentState(false, false, null);

    boolean isQuarantinedAt(Instant now) {
        return quarantined && (quarantinedUntil == null || now.isBefore(quarantinedUntil));
    }

    boolean hasQuarantineRunOutAt(Instant now) {
        return quarantined && !isQuarantinedAt(now);
    }
}
