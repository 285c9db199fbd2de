package io.skein.eventlog;

import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentRegistered;
import io.skein.kernel.agent.AgentReleased;
import io.skein.kernel.agent.InterventionDecided;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.agent.TrustAdjusted;
import io.skein.kernel.alert.AlertEvent;
import io.skein.kernel.audit.AuditLogEvent;
import io.skein.kernel.policy.PolicyChanged;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The stable names of event types in the log and on the topics; they outlive class names and packages. */
public final class EventTypes {
    private static final Map<String, Class<?>> BY_NAME = List.<Class<?>>of(
                    AgentRegistered.class,
                    MessageRecorded.class,
                    MessageBlocked.class,
                    TrustAdjusted.class,
                    AgentQuarantined.class,
                    AgentReleased.class,
                    InterventionDecided.class,
                    AlertEvent.AlertRaised.class,
                    AlertEvent.AlertUpdated.class,
                    AlertEvent.AlertAcknowledged.class,
                    AlertEvent.AlertResolved.class,
                    AlertEvent.AlertDismissed.class,
                    AuditLogEvent.AuditAccessed.class,
                    AuditLogEvent.ActRecorded.class,
                    AuditLogEvent.CheckpointSigned.class,
                    AuditLogEvent.KeyAdopted.class,
                    PolicyChanged.class)
            .stream()
            .collect(Collectors.toUnmodifiableMap(Class::getSimpleName, type -> type));

    private EventTypes() {}

    /** All event types by their stable names. */
    public static Map<String, Class<?>> all() {
        return BY_NAME;
    }

    /** The stable name, or the class's own name for what is no event of the language. */
    public static String nameOf(Class<?> type) {
        String simple = type.getSimpleName();
        return BY_NAME.get(simple) == type ? simple : type.getName();
    }

    /** The name of the class that stands behind a stored name. */
    static String classNameOf(String storedName) {
        Class<?> type = BY_NAME.get(storedName);
        return type == null ? storedName : type.getName();
    }
}
