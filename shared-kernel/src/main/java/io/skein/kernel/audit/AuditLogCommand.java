package io.skein.kernel.audit;

import io.skein.kernel.id.AuditLogId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import java.time.Instant;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.axonframework.modelling.command.TargetAggregateIdentifier;
import org.jspecify.annotations.Nullable;

/** What can be written into the audit log. The same command again changes nothing. */
public sealed interface AuditLogCommand {
    /** Most characters of a question, an act, a subject or the value of a parameter or detail. */
    int MAX_CHARACTERS = 1_000;

    /** Most parameters or details. */
    int MAX_ENTRIES = 64;

    AuditLogId auditLogId();

    /**
     * Somebody read the trail or took an export.
     *
     * @param networkId whose events were asked for; null where it is all
     * @param by who asked
     * @param question stable name of what was asked, as {@code audit.list} or {@code export}
     * @param parameters what the question was narrowed to; never content
     * @param items how much was given
     * @param position up to which the answer was true
     * @param askedAt by the clock of the side that answered
     */
    record RecordAccess(
            @TargetAggregateIdentifier AuditLogId auditLogId,
            @Nullable NetworkId networkId,
            UserId by,
            String question,
            SortedMap<String, String> parameters,
            long items,
            long position,
            Instant askedAt)
            implements AuditLogCommand {
        public RecordAccess {
            Objects.requireNonNull(auditLogId, "auditLogId");
            Objects.requireNonNull(by, "by");
            Objects.requireNonNull(question, "question");
            Objects.requireNonNull(askedAt, "askedAt");
            parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
        }
    }

    /**
     * Somebody did something to Skein itself that no other event tells.
     *
     * @param networkId whom it concerns; null where it is all
     * @param act stable name of what was done, as {@code dead_letter.discard} or {@code projection.pause}
     * @param subject what it was done to
     * @param reason why, in the actor's words; empty where none was asked for
     * @param details what else must be known to understand it; never content
     */
    record RecordAct(
            @TargetAggregateIdentifier AuditLogId auditLogId,
            @Nullable NetworkId networkId,
            UserId by,
            String act,
            String subject,
            String reason,
            SortedMap<String, String> details)
            implements AuditLogCommand {
        public RecordAct {
            Objects.requireNonNull(auditLogId, "auditLogId");
            Objects.requireNonNull(by, "by");
            Objects.requireNonNull(act, "act");
            Objects.requireNonNull(subject, "subject");
            Objects.requireNonNull(reason, "reason");
            details = Collections.unmodifiableSortedMap(new TreeMap<>(details));
        }
    }

    /**
     * Keep a signed statement of the Merkle root of the first events.
     *
     * @param origin name of the log, as the checkpoint's first line has it
     * @param treeSize number of events; the statement itself is a later one
     * @param rootHash RFC 6962 root, base64
     * @param keyId of the key that signed, in hexadecimal
     * @param note the signed note (C2SP checkpoint), exactly
     */
    record SignCheckpoint(
            @TargetAggregateIdentifier AuditLogId auditLogId,
            String origin,
            long treeSize,
            String rootHash,
            String keyId,
            String note)
            implements AuditLogCommand {}

    /**
     * Checkpoints are signed with this key from now on.
     *
     * @param origin name of the log, and of the key
     * @param keyId in hexadecimal
     * @param publicKey the verifier key (C2SP signed note), exactly
     * @param replaces id of the key before; null for the first
     * @param vouching note about the new key signed with the one before; null for the first, or where the one before was lost
     */
    record AdoptKey(
            @TargetAggregateIdentifier AuditLogId auditLogId,
            String origin,
            String keyId,
            String publicKey,
            @Nullable String replaces,
            @Nullable String vouching)
            implements AuditLogCommand {}
}
