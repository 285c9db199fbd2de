package io.skein.kernel.message;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AgentKey;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One utterance from one agent to zero or more targets.
 *
 * @param conversationId the task it serves, where the sender says so
 * @param agentId the sender
 * @param targetAgents in the sender's order, each once, at most {@link MessageLimits#MAX_TARGETS}
 * @param timestamp the sender's clock
 * @param content any JSON; absent and JSON null are the same
 * @param causationId the message that caused this one; may not be known yet
 * @param sequence the sender's own counter, per restart ({@code epoch} in the metadata)
 * @param claims at most {@link MessageLimits#MAX_CLAIMS}
 * @param durationMillis how long what this message reports took, in milliseconds, 0 or more
 * @param metadata at most {@link MessageLimits#MAX_METADATA_ENTRIES}, in the sender's order; values are any JSON
 */
public record Message(
        MessageId messageId,
        NetworkId networkId,
        @Nullable ConversationId conversationId,
        AgentId agentId,
        List<AgentId> targetAgents,
        MessageType type,
        Instant timestamp,
        @Nullable JsonText content,
        @Nullable MessageId causationId,
        @Nullable String correlationId,
        @Nullable Long sequence,
        List<Claim> claims,
        @Nullable Outcome outcome,
        @Nullable Double durationMillis,
        Map<String, JsonText> metadata) {

    public Message {
        targetAgents = targetAgents == null ? List.of() : List.copyOf(targetAgents);
        claims = claims == null ? List.of() : List.copyOf(claims);
        metadata = metadata == null || metadata.isEmpty() ? Map.of() : withoutNulls(metadata);
    }

    private static Map<String, JsonText> withoutNulls(Map<String, JsonText> metadata) {
        Map<String, JsonText> copy = new LinkedHashMap<>(metadata);
        copy.replaceAll((key, value) -> value == null ? JsonText.NULL : value);
        return Collections.unmodifiableMap(copy);
    }

    /** The sender, named across networks. */
    public AgentKey sender() {
        return new AgentKey(networkId, agentId);
    }
}
