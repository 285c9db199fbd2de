package io.skein.projection.audit;

import io.skein.kernel.audit.AuditLogEvent.CheckpointSigned;
import io.skein.kernel.audit.AuditLogEvent.KeyAdopted;
import io.skein.projection.engine.Columns;
import io.skein.projection.engine.CopiedRows;
import io.skein.projection.engine.Fold;
import io.skein.projection.engine.LoggedEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

final class AuditFold implements Fold {
    private record Signed(long position, Instant at, CheckpointSigned checkpoint) {}

    private record Adopted(long position, Instant at, KeyAdopted key) {}

    private final List<Entry> entries = new ArrayList<>();
    private final List<Signed> checkpoints = new ArrayList<>();
    private final List<Adopted> keys = new ArrayList<>();

    @Override
    public void on(LoggedEvent event) {
        entries.add(Entry.of(event));
        if (event.isA(CheckpointSigned.class)) {
            checkpoints.add(new Signed(event.position(), event.recordedAt(), (CheckpointSigned) event.payload()));
        } else if (event.isA(KeyAdopted.class)) {
            keys.add(new Adopted(event.position(), event.recordedAt(), (KeyAdopted) event.payload()));
        }
    }

    @Override
    public void write(Connection database) throws SQLException {
        CopiedRows rows = new CopiedRows(18);
        for (Entry entry : entries) {
            rows.row()
                    .number(entry.position())
                    .instant(entry.recordedAt())
                    .text(entry.network())
                    .text(entry.eventType())
                    .text(entry.aggregateType())
                    .text(entry.aggregateId())
                    .number(entry.sequence())
                    .text(entry.agent())
                    .text(entry.message())
                    .text(entry.conversation())
                    .text(entry.actor())
                    .text(entry.subject())
                    .text(entry.summary())
                    .text(entry.causation())
                    .uuid(entry.causeEvent())
                    .text(entry.messageType())
                    .text(entry.outcome())
                    .text(entry.severity());
        }
        rows.into(
                database,
                "audit_entry (position, recorded_at, network_id, event_type, aggregate_type, aggregate_id, sequence,"
                        + " agent_id, message_id, conversation_id, actor, subject, summary, causation_id, cause_event,"
                        + " message_type, outcome, severity)");
        Parties.write(entries, database);
        Stretches.write(entries, database);
        entries.clear();
        if (!checkpoints.isEmpty()) {
            writeCheckpoints(database);
        }
        if (!keys.isEmpty()) {
            writeKeys(database);
        }
    }

    private void writeCheckpoints(Connection database) throws SQLException {
        Columns.of(checkpoints)
                .number(Signed::position)
                .text(signed -> signed.checkpoint().origin())
                .number(signed -> signed.checkpoint().treeSize())
                .text(signed -> signed.checkpoint().rootHash())
                .text(signed -> signed.checkpoint().keyId())
                .text(signed -> signed.checkpoint().note())
                .instant(Signed::at)
                .update(database, """
                        insert into audit_checkpoint (position, origin, tree_size, root_hash, key_id, note, recorded_at)
                        select * from unnest(?, ?, ?, ?, ?, ?, ?)""");
        checkpoints.clear();
    }

    private void writeKeys(Connection database) throws SQLException {
        Columns.of(keys)
                .number(Adopted::position)
                .text(adopted -> adopted.key().origin())
                .text(adopted -> adopted.key().keyId())
                .text(adopted -> adopted.key().publicKey())
                .text(adopted -> adopted.key().replaces())
                .text(adopted -> adopted.key().vouching())
                .instant(Adopted::at)
                .update(database, """
                        insert into audit_key (position, origin, key_id, public_key, replaces, vouching, recorded_at)
                        select * from unnest(?, ?, ?, ?, ?, ?, ?)""");
        keys.clear();
    }
}
