package io.skein.kernel.history;

import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import org.jspecify.annotations.Nullable;

/** What can be asked of history. */
public sealed interface HistoryQuery {
    /** Events in log order (or newest first), a {@link HistoryPage}; {@code limit} 1 to 1,000. */
    record ListEvents(
            HistoryFilter filter,
            boolean newestFirst,
            @Nullable String cursor,
            int limit) implements HistoryQuery {}

    /** How many; an {@link io.skein.kernel.page.Answer} with a long. */
    record CountEvents(HistoryFilter filter) implements HistoryQuery {}

    /**
     * How many over time; an {@link io.skein.kernel.page.Answer} with a list of {@link HistoryBar}, oldest first, none for stretches without events.
     *
     * @param bucketSeconds length of a stretch; 0 takes the shortest that makes at most 300 of them
     */
    record CountEventsByTime(HistoryFilter filter, long bucketSeconds) implements HistoryQuery {}

    /**
     * Causes and effects of one message; a {@link CausalChain}.
     *
     * @param limit most causes, and most effects, 1 to 10,000
     */
    record FindCausalChain(NetworkId networkId, MessageId messageId, int limit) implements HistoryQuery {}

    /**
     * One event with all that it says; a {@link RecordedEvent}.
     *
     * @param position 1 or more
     */
    record FindEvent(long position) implements HistoryQuery {}
}
