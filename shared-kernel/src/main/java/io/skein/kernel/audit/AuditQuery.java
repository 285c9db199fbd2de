package io.skein.kernel.audit;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.NetworkId;
import org.jspecify.annotations.Nullable;

/** What can be asked of the audit trail. */
public sealed interface AuditQuery {
    /**
     * Entries in log order (or newest first), a page of {@link AuditEntry}; null filters nothing; {@code limit} 1 to 1,000.
     *
     * @param networkId whose entries; null: those that concern the whole log, as checkpoints, keys and acts on projections
     */
    record ListEntries(
            @Nullable NetworkId networkId,
            @Nullable AgentId agentId,
            @Nullable ConversationId conversationId,
            @Nullable String eventType,
            boolean newestFirst,
            @Nullable String cursor,
            int limit)
            implements AuditQuery {}

    /** How many entries the trail has for the network; the answer is an {@link io.skein.kernel.page.Answer} with a long. */
    record CountEntries(NetworkId networkId) implements AuditQuery {}
}
