package io.skein.kernel.alert;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An alert as a person sees it.
 *
 * @param raisedPosition log position of its first event
 * @param lastPosition log position of its newest event
 * @param by who changed its state last, where a person did
 * @param reason why it was resolved or dismissed
 */
public record AlertView(
        AlertId alertId,
        NetworkId networkId,
        Pattern pattern,
        Severity severity,
        Grade grade,
        AlertState state,
        List<AgentId> agents,
        List<EvidenceItem> evidence,
        String description,
        Detector detector,
        String owasp,
        long raisedPosition,
        long lastPosition,
        Instant raisedAt,
        Instant changedAt,
        @Nullable UserId by,
        @Nullable String reason) {}
