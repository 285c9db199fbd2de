package io.skein.kernel.audit;

import io.skein.kernel.id.NetworkId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One event of the log as the trail shows it; never content.
 *
 * @param eventType stable name, as {@code MessageRecorded}
 * @param subject what it is about: the agent's or the alert's id
 * @param summary one line a person understands
 */
public record AuditEntry(
        long position,
        Instant recordedAt,
        @Nullable NetworkId networkId,
        String eventType,
        String aggregateType,
        String aggregateId,
        long sequence,
        String subject,
        @Nullable String messageId,
        @Nullable String conversationId,
        @Nullable String actor,
        String summary) {}
