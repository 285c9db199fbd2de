package io.skein.kernel.alert;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import java.util.List;
import org.axonframework.modelling.command.TargetAggregateIdentifier;

/** What can be asked of an alert. */
public sealed interface AlertCommand {
    AlertId alertId();

    /**
     * Raise an alert, or add to it while its pattern grows. The same command again changes nothing.
     *
     * @param agents who is affected, in the pattern's order; for a routing loop the rotation
     * @param evidence causes before their effects; in log order where they are not of one chain
     * @param description one sentence a person understands
     * @param owasp reference into the OWASP list of agentic threats, or empty
     */
    record RaiseAlert(
            @TargetAggregateIdentifier AlertId alertId,
            NetworkId networkId,
            Pattern pattern,
            Severity severity,
            Grade grade,
            List<AgentId> agents,
            List<EvidenceItem> evidence,
            String description,
            Detector detector,
            String owasp)
            implements AlertCommand {
        public RaiseAlert {
            agents = List.copyOf(agents);
            evidence = List.copyOf(evidence);
        }
    }

    /** A person has seen it. */
    record AcknowledgeAlert(@TargetAggregateIdentifier AlertId alertId, UserId by) implements AlertCommand {}

    /** The pattern has ended or was dealt with. From {@link UserId#SKEIN} it changes nothing about an alert that is closed already. */
    record ResolveAlert(@TargetAggregateIdentifier AlertId alertId, UserId by, String reason) implements AlertCommand {}

    /** It was a false positive. */
    record DismissAlert(@TargetAggregateIdentifier AlertId alertId, UserId by, String reason) implements AlertCommand {}
}
