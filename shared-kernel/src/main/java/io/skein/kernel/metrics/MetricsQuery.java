package io.skein.kernel.metrics;

import io.skein.kernel.id.NetworkId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What can be asked about metrics. */
public sealed interface MetricsQuery {
    /** Windows of one size with anything in them, oldest first, the newest {@code limit} (1 to 1,000) of {@code [from, to)}. */
    record ListWindows(
            NetworkId networkId,
            WindowSize size,
            @Nullable Instant from,
            @Nullable Instant to,
            int limit) implements MetricsQuery {}
}
