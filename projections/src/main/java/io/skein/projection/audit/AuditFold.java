package io.skein.projection.audit;

import io.skein.projection.engine.CopiedRows;
import io.skein.projection.engine.Fold;
import io.skein.projection.engine.LoggedEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

final class AuditFold implements Fold {
    private final List<Entry> entries = new ArrayList<>();

    @Override
    public void on(LoggedEvent event) {
        entries.add(Entry.of(event));
    }

    @Override
    public void write(Connection database) throws SQLException {
        CopiedRows rows = new CopiedRows(13);
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
                    .text(entry.summary());
        }
        rows.into(
                database,
                "audit_entry (position, recorded_at, network_id, event_type, aggregate_type, aggregate_id, sequence,"
                        + " agent_id, message_id, conversation_id, actor, subject, summary)");
        entries.clear();
    }
}
