package io.skein.command.policy;

import io.skein.eventlog.EventTypes;
import io.skein.eventlog.KernelJson;
import io.skein.eventlog.LogPages;
import io.skein.eventlog.LogRow;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.policy.PolicyChanged;
import io.skein.kernel.policy.PolicyKey;
import io.skein.kernel.policy.PolicyRules;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the log says of a policy now, read from the policy's own events. */
public final class PolicyLog {
    private final LogPages pages;

    PolicyLog(LogPages pages) {
        this.pages = pages;
    }

    /**
     * What a change of a policy begins from.
     *
     * @param version of that policy itself; 0 where it has none yet and another one holds
     */
    public record Present(long version, PolicyRules rules) {}

    /** @throws io.skein.eventlog.LogUnavailableException if the log does not answer */
    public Present present(PolicyKey policy) {
        List<PolicyChanged> own = changes(policy);
        if (!own.isEmpty()) {
            return new Present(own.getLast().version(), own.getLast().rules());
        }
        @Nullable NetworkId network = policy.networkId();
        List<PolicyChanged> common = network == null ? List.of() : changes(PolicyKey.COMMON);
        return new Present(
                0, common.isEmpty() ? PolicyRules.BUILT_IN : common.getLast().rules());
    }

    /** All changes of one policy, oldest first. */
    List<PolicyChanged> changes(PolicyKey policy) {
        List<PolicyChanged> changes = new ArrayList<>();
        long next = 0;
        while (true) {
            List<LogRow> page = pages.ofAggregate(policy.toString(), next, LogPages.MAX_ROWS);
            if (page.isEmpty()) {
                return changes;
            }
            for (LogRow row : page) {
                if (row.payloadType().equals(EventTypes.nameOf(PolicyChanged.class))) {
                    changes.add(KernelJson.mapper().readValue(row.payload(), PolicyChanged.class));
                }
            }
            next = page.getLast().sequence() + 1;
        }
    }
}
