package io.skein.kernel.page;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a long answer.
 *
 * @param position the log position up to which the answer is true
 * @param next cursor of the following part; null at the end
 */
public record Page<T>(
        long position, List<T> items, @Nullable String next) {
    public static final int DEFAULT_LIMIT = 100;
    public static final int MAX_LIMIT = 1_000;

    public Page {
        items = List.copyOf(items);
    }
}
