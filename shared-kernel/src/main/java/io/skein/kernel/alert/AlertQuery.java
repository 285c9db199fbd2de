package io.skein.kernel.alert;

import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.NetworkId;
import org.jspecify.annotations.Nullable;

/** What can be asked about alerts. */
public sealed interface AlertQuery {
    /** One alert; the answer is an {@link io.skein.kernel.page.Answer} with an optional {@link AlertView}. */
    record FindAlert(AlertId alertId) implements AlertQuery {}

    /** Alerts, newest first, a page of {@link AlertView}; null filters nothing; {@code limit} 1 to 1,000. */
    record ListAlerts(
            NetworkId networkId,
            @Nullable AlertState state,
            @Nullable Severity severity,
            @Nullable Pattern pattern,
            @Nullable String cursor,
            int limit)
            implements AlertQuery {}
}
