package io.skein.kernel.trust;

import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.policy.TrustRules;
import java.util.List;

/** Whom an alert speaks against. Who is only named because it was hit, asked, or passed something on, loses nothing. */
public final class Blame {
    /** The detector that counts quarantines; its alerts are about the network, not about an agent. */
    public static final String QUARANTINE_WATCH = "quarantine-watch";

    private Blame() {}

    /**
     * The agents whose doing the pattern is: all in a circle where each does the same, otherwise the one that stands first. Nobody where
     * the network as a whole was found to multiply messages.
     */
    public static List<AgentId> parties(Pattern pattern, Grade grade, List<AgentId> agents, String detector) {
        if (agents.isEmpty() || detector.equals(QUARANTINE_WATCH)) {
            return List.of();
        }
        if (isShared(pattern)) {
            return agents.stream().distinct().toList();
        }
        return pattern == Pattern.CASCADE && grade != Grade.FACT ? List.of() : List.of(agents.getFirst());
    }

    /** Whether no party of the pattern can be told from the others by what it did. */
    public static boolean isShared(Pattern pattern) {
        return switch (pattern) {
            case ROUTING_LOOP, LIVELOCK, DEADLOCK, CONFLICT -> true;
            case HOARDING,
                    CASCADE,
                    EQUIVOCATION,
                    CONTRADICTION,
                    REPLAY,
                    FORGERY,
                    PROTOCOL_VIOLATION,
                    SILENT_DROP,
                    ANOMALY -> false;
        };
    }

    /** What the part in it weighs. */
    public static double weight(TrustRules rules, Pattern pattern, Severity severity, Grade grade) {
        return pattern == Pattern.CONFLICT ? rules.conflict() : rules.pattern(severity, grade);
    }
}
