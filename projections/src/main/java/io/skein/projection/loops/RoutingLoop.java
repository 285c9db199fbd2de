package io.skein.projection.loops;

import io.skein.kernel.alert.EvidenceItem;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request came back to an agent that still waits, on the same causal chain, for its own.
 *
 * @param root first message of the chain
 * @param rotation who asked whom: the first is the agent reached, the last the one that reached it; at least three
 * @param closing the request that came back
 * @param laps how often in succession the chain went round, 1 or more
 * @param lapComplete whether this request ends a lap; those in between only go on with it
 * @param inferred whether a step of the chain was concluded from the conversation, not said by its sender
 * @param newWords most words that one request of the newest lap added to everything before it on the chain; 0 unless the lap is complete
 * @param sameContent whether the request that came back says what the one that opened the lap said
 * @param severity null: a fact without alarm
 * @param evidence the requests of the chain that go round, in log order
 */
record RoutingLoop(
        NetworkId network,
        MessageId root,
        List<AgentId> rotation,
        MessageId closing,
        long position,
        long laps,
        boolean lapComplete,
        boolean inferred,
        int newWords,
        boolean sameContent,
        @Nullable Severity severity,
        List<EvidenceItem> evidence) {

    Grade grade() {
        return inferred ? Grade.FINDING : Grade.FACT;
    }

    /** The same for a rotation wherever it is entered: the smallest of its turns, in the order of ids. */
    static List<String> canonical(List<String> rotation) {
        List<String> smallest = rotation;
        for (int turn = 1; turn < rotation.size(); turn++) {
            List<String> turned = new ArrayList<>(rotation);
            Collections.rotate(turned, turn);
            if (compare(turned, smallest) < 0) {
                smallest = turned;
            }
        }
        return List.copyOf(smallest);
    }

    private static int compare(List<String> one, List<String> other) {
        for (int i = 0; i < one.size(); i++) {
            int order = one.get(i).compareTo(other.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
