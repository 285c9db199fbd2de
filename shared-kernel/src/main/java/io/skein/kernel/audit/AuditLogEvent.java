package io.skein.kernel.audit;

import io.skein.kernel.id.AuditLogId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.axonframework.serialization.Revision;
import org.jspecify.annotations.Nullable;

/** What the audit log holds beside the events themselves; see {@link AuditLogCommand} for the fields. The name {@code SubjectErased} is kept for the receipt of an erasure. */
public sealed interface AuditLogEvent {
    AuditLogId auditLogId();

    /** Null where it concerns the whole log. */
    @Nullable
    NetworkId networkId();

    Instant recordedAt();

    /** Somebody read the trail or took an export. */
    @Revision("1")
    record AuditAccessed(
            AuditLogId auditLogId,
            @Nullable NetworkId networkId,
            UserId by,
            String question,
            SortedMap<String, String> parameters,
            long items,
            long position,
            Instant askedAt,
            Instant recordedAt)
            implements AuditLogEvent {
        public AuditAccessed {
            parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
        }
    }

    /** Somebody did something to Skein itself. */
    @Revision("1")
    record ActRecorded(
            AuditLogId auditLogId,
            @Nullable NetworkId networkId,
            UserId by,
            String act,
            String subject,
            String reason,
            SortedMap<String, String> details,
            Instant recordedAt)
            implements AuditLogEvent {
        public ActRecorded {
            details = Collections.unmodifiableSortedMap(new TreeMap<>(details));
        }
    }

    /** The Merkle root of the first {@code treeSize} events was signed. */
    @Revision("1")
    record CheckpointSigned(
            AuditLogId auditLogId,
            String origin,
            long treeSize,
            String rootHash,
            String keyId,
            String note,
            Instant recordedAt)
            implements AuditLogEvent {
        @Override
        public @Nullable NetworkId networkId() {
            return null;
        }
    }

    /** Checkpoints are signed with another key from here on. */
    @Revision("1")
    record KeyAdopted(
            AuditLogId auditLogId,
            String origin,
            String keyId,
            String publicKey,
            @Nullable String replaces,
            @Nullable String vouching,
            Instant recordedAt)
            implements AuditLogEvent {
        @Override
        public @Nullable NetworkId networkId() {
            return null;
        }
    }
}
