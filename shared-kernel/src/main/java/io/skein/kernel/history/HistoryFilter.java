package io.skein.kernel.history;

import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which events of a network; what is null or empty filters nothing, several filters must all hold.
 *
 * @param agentId takes part: sent it, is a target of it, or it is about the agent
 * @param counterpartId takes part together with {@code agentId}, at least one of the two as sender or subject
 * @param eventTypes any of these stable names
 * @param severity of an alert's event
 * @param from inclusive, by time of recording
 * @param to exclusive, by time of recording
 * @param firstPosition inclusive
 * @param lastPosition inclusive
 * @param text part of the subject, actor, message id, conversation id or cause's id, whatever its case
 */
public record HistoryFilter(
        NetworkId networkId,
        @Nullable AgentId agentId,
        @Nullable AgentId counterpartId,
        List<String> eventTypes,
        @Nullable MessageType messageType,
        @Nullable Outcome outcome,
        @Nullable Severity severity,
        @Nullable ConversationId conversationId,
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable Long firstPosition,
        @Nullable Long lastPosition,
        @Nullable String text) {

    /** @throws IllegalArgumentException if a counterpart is asked for without an agent */
    public HistoryFilter {
        eventTypes = List.copyOf(eventTypes);
        if (counterpartId != null && agentId == null) {
            throw new IllegalArgumentException("a counterpart needs an agent");
        }
    }
}
