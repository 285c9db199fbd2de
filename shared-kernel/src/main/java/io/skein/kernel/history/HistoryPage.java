package io.skein.kernel.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of history, in the order asked for.
 *
 * @param position the log position up to which the answer is true
 * @param next cursor of the stretch behind it; null at the end. Where a filter finds little, a stretch may have fewer events than the limit, or none, and
 *     still a next one
 * @param previous cursor of the stretch before it; null at the beginning
 */
public record HistoryPage(
        long position,
        List<HistoryEvent> items,
        @Nullable String next,
        @Nullable String previous) {
    public HistoryPage {
        items = List.copyOf(items);
    }
}
