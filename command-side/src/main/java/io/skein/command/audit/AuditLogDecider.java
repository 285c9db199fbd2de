package io.skein.command.audit;

import static io.skein.kernel.audit.AuditLogCommand.MAX_CHARACTERS;
import static io.skein.kernel.audit.AuditLogCommand.MAX_ENTRIES;

import io.skein.command.decision.Decision;
import io.skein.kernel.audit.AuditLogCommand;
import io.skein.kernel.audit.AuditLogCommand.AdoptKey;
import io.skein.kernel.audit.AuditLogCommand.RecordAccess;
import io.skein.kernel.audit.AuditLogCommand.RecordAct;
import io.skein.kernel.audit.AuditLogCommand.SignCheckpoint;
import io.skein.kernel.audit.AuditLogEvent;
import io.skein.kernel.audit.AuditLogEvent.ActRecorded;
import io.skein.kernel.audit.AuditLogEvent.AuditAccessed;
import io.skein.kernel.audit.AuditLogEvent.CheckpointSigned;
import io.skein.kernel.audit.AuditLogEvent.KeyAdopted;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the audit log, without framework, clock or database. Each id holds one fact: the same fact again changes nothing, another one under the same
 * id is refused. So one key never signs two roots for one size.
 */
final class AuditLogDecider {
    private AuditLogDecider() {}

    /**
     * @param held what the id stands for already; null: nothing
     * @param now Skein's clock
     */
    static Decision<AuditLogEvent> decide(@Nullable AuditLogEvent held, AuditLogCommand command, Instant now) {
        Refusal refusal = excess(command);
        if (refusal != null) {
            return new Decision.Refused<>(refusal);
        }
        if (held == null) {
            return Decision.accept(fact(command, now));
        }
        return held.equals(fact(command, held.recordedAt()))
                ? Decision.accept()
                : Decision.refuse(
                        Reason.ID_REUSED,
                        "auditLogId",
                        "audit log " + command.auditLogId() + " holds another fact; expected the same or a new id");
    }

    static AuditLogEvent evolve(@Nullable AuditLogEvent held, AuditLogEvent event) {
        return held == null ? event : held;
    }

    private static AuditLogEvent fact(AuditLogCommand command, Instant now) {
        return switch (command) {
            case RecordAccess access ->
                new AuditAccessed(
                        access.auditLogId(),
                        access.networkId(),
                        access.by(),
                        access.question(),
                        access.parameters(),
                        access.items(),
                        access.position(),
                        access.askedAt(),
                        now);
            case RecordAct act ->
                new ActRecorded(
                        act.auditLogId(),
                        act.networkId(),
                        act.by(),
                        act.act(),
                        act.subject(),
                        act.reason(),
                        act.details(),
                        now);
            case SignCheckpoint(var id, var origin, var treeSize, var rootHash, var keyId, var note) ->
                new CheckpointSigned(id, origin, treeSize, rootHash, keyId, note, now);
            case AdoptKey(var id, var origin, var keyId, var publicKey, var replaces, var vouching) ->
                new KeyAdopted(id, origin, keyId, publicKey, replaces, vouching, now);
        };
    }

    private static @Nullable Refusal excess(AuditLogCommand command) {
        return switch (command) {
            case RecordAccess access ->
                first(tooLong("question", access.question()), tooMany("parameters", access.parameters()));
            case RecordAct act ->
                first(
                        first(tooLong("act", act.act()), tooLong("subject", act.subject())),
                        first(tooLong("reason", act.reason()), tooMany("details", act.details())));
            case SignCheckpoint checkpoint -> null;
            case AdoptKey key -> null;
        };
    }

    private static @Nullable Refusal first(@Nullable Refusal one, @Nullable Refusal other) {
        return one == null ? other : one;
    }

    private static @Nullable Refusal tooLong(String field, String value) {
        return value.length() <= MAX_CHARACTERS
                ? null
                : new Refusal(
                        Reason.TOO_LARGE,
                        field,
                        field + " has " + value.length() + " characters; expected at most " + MAX_CHARACTERS);
    }

    private static @Nullable Refusal tooMany(String field, Map<String, String> entries) {
        if (entries.size() > MAX_ENTRIES) {
            return new Refusal(
                    Reason.TOO_LARGE,
                    field,
                    field + " has " + entries.size() + " entries; expected at most " + MAX_ENTRIES);
        }
        for (Map.Entry<String, String> entry : entries.entrySet()) {
            Refusal refusal = first(tooLong(field, entry.getKey()), tooLong(field, entry.getValue()));
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }
}
