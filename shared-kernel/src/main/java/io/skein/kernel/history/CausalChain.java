package io.skein.kernel.history;

import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What caused a message and what it caused, as far as the log knows.
 *
 * @param position the log position up to which the answer is true
 * @param causes from the message itself back to the first cause
 * @param missingCause id of the cause at which the log knows no more; null where the first cause names none
 * @param effects all messages caused by it, directly or through others, nearest first, within a level in log order
 * @param truncated whether there are more causes or effects than were asked for
 */
public record CausalChain(
        long position,
        NetworkId networkId,
        MessageId messageId,
        List<HistoryEvent> causes,
        @Nullable String missingCause,
        List<Effect> effects,
        boolean truncated) {

    public CausalChain {
        causes = List.copyOf(causes);
        effects = List.copyOf(effects);
    }

    /**
     * @param depth steps from the message asked for, 1 or more
     * @param event its {@code causationId} is the parent in the tree
     */
    public record Effect(int depth, HistoryEvent event) {}
}
