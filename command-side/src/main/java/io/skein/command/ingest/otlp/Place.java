package io.skein.command.ingest.otlp;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.MessageId;
import org.jspecify.annotations.Nullable;

/**
 * A span's place in its trace.
 *
 * @param parentSpanId null for the root
 * @param outgoing whether it is the caller's view of a call
 * @param agentId whom it invokes; null for a span that is only a link
 * @param requestId the request it becomes; null for a link
 * @param orphaned whether it was decided that its parent did not come in time
 * @param waitingBytes size of the span where its messages are not in the log yet, else 0
 */
record Place(
        String spanId,
        @Nullable String parentSpanId,
        boolean outgoing,
        @Nullable AgentId agentId,
        @Nullable MessageId requestId,
        boolean orphaned,
        int waitingBytes) {

    boolean isInvocation() {
        return agentId != null;
    }

    boolean isWaiting() {
        return waitingBytes > 0;
    }
}
