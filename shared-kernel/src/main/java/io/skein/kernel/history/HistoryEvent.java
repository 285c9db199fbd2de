package io.skein.kernel.history;

import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One event as history lists it; never content.
 *
 * @param eventType stable name, as {@code MessageRecorded}
 * @param subject what it is about: the agent's or the alert's id
 * @param causationId id of the message that caused this message
 * @param severity of an alert's event
 * @param summary one line a person understands
 */
public record HistoryEvent(
        long position,
        Instant recordedAt,
        @Nullable NetworkId networkId,
        String eventType,
        String subject,
        @Nullable String actor,
        @Nullable String messageId,
        @Nullable String conversationId,
        @Nullable String causationId,
        @Nullable MessageType messageType,
        @Nullable Outcome outcome,
        @Nullable Severity severity,
        String summary) {}
