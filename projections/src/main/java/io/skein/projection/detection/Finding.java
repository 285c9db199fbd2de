package io.skein.projection.detection;

import io.skein.kernel.alert.AlertCommand.RaiseAlert;
import io.skein.kernel.alert.EvidenceItem;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.NetworkId;
import java.util.List;

/** What a detector has to say. */
public sealed interface Finding {
    /** Log position of the event that made it speak. */
    long position();

    /**
     * A pattern began or went on.
     *
     * @param alert the same id for the same occurrence, however it grows
     */
    record Told(RaiseAlert alert, long position) implements Finding {
        /** The same with other evidence. */
        public Told showing(List<EvidenceItem> evidence) {
            return new Told(
                    new RaiseAlert(
                            alert.alertId(),
                            alert.networkId(),
                            alert.pattern(),
                            alert.severity(),
                            alert.grade(),
                            alert.agents(),
                            evidence,
                            alert.description(),
                            alert.detector(),
                            alert.owasp()),
                    position);
        }
    }

    /** What was told is over. */
    record Ended(NetworkId networkId, AlertId alertId, String reason, long position) implements Finding {}

    /**
     * A request came back to an agent that still waits: a fact that is kept, told or not.
     *
     * @param rotation who asked whom; the first is the agent reached
     * @param laps 0 or more whole rounds
     * @param newWords most words that one request of the newest lap added to what was said before
     */
    record Reentry(
            NetworkId networkId,
            String message,
            long position,
            String root,
            List<String> rotation,
            long laps,
            boolean inferred,
            int newWords,
            boolean sameContent,
            boolean alarmed)
            implements Finding {}
}
