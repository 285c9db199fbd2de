package io.skein.command.alert;

import io.skein.kernel.alert.AlertState;
import io.skein.kernel.alert.EvidenceItem;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.NetworkId;
import java.util.List;

/** What a decision about an alert needs to know. */
sealed interface AlertFile {
    /** Never raised. */
    record Unknown() implements AlertFile {}

    /**
     * Raised, acknowledged or closed.
     *
     * @param agents everybody named so far
     * @param evidence everything shown so far
     */
    record Known(
            NetworkId networkId,
            AlertState state,
            Severity severity,
            Grade grade,
            List<AgentId> agents,
            List<EvidenceItem> evidence)
            implements AlertFile {
        public Known {
            agents = List.copyOf(agents);
            evidence = List.copyOf(evidence);
        }

        Known in(AlertState next) {
            return new Known(networkId, next, severity, grade, agents, evidence);
        }
    }
}
