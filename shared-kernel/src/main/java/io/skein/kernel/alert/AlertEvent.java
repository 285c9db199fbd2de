package io.skein.kernel.alert;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import java.time.Instant;
import java.util.List;
import org.axonframework.serialization.Revision;

/** What became true of an alert. */
public sealed interface AlertEvent {
    AlertId alertId();

    NetworkId networkId();

    /** A pattern was seen; see {@link AlertCommand.RaiseAlert} for the fields. In older logs later ones of the same alert report its growth. */
    @Revision("1")
    record AlertRaised(
            AlertId alertId,
            NetworkId networkId,
            Pattern pattern,
            Severity severity,
            Grade grade,
            List<AgentId> agents,
            List<EvidenceItem> evidence,
            String description,
            Detector detector,
            String owasp,
            Instant recordedAt)
            implements AlertEvent {
        public AlertRaised {
            agents = List.copyOf(agents);
            evidence = List.copyOf(evidence);
        }
    }

    /**
     * The pattern went on: what an alert says now, in place of what it said before.
     *
     * @param severity the highest so far
     * @param agents everybody named so far
     * @param evidence what is shown now; what was shown before is in the events before
     */
    @Revision("1")
    record AlertUpdated(
            AlertId alertId,
            NetworkId networkId,
            Severity severity,
            Grade grade,
            List<AgentId> agents,
            List<EvidenceItem> evidence,
            String description,
            Detector detector,
            Instant recordedAt)
            implements AlertEvent {
        public AlertUpdated {
            agents = List.copyOf(agents);
            evidence = List.copyOf(evidence);
        }
    }

    /** A person has seen it. */
    @Revision("1")
    record AlertAcknowledged(AlertId alertId, NetworkId networkId, UserId by, Instant recordedAt)
            implements AlertEvent {}

    /** The pattern has ended or was dealt with. */
    @Revision("1")
    record AlertResolved(AlertId alertId, NetworkId networkId, UserId by, String reason, Instant recordedAt)
            implements AlertEvent {}

    /** It was a false positive; kept as labelled data. */
    @Revision("1")
    record AlertDismissed(AlertId alertId, NetworkId networkId, UserId by, String reason, Instant recordedAt)
            implements AlertEvent {}
}
