package io.skein.projection.audit;

import io.skein.projection.engine.Columns;
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
        Columns.of(entries)
                .number(Entry::position)
                .instant(Entry::recordedAt)
                .text(Entry::network)
                .text(Entry::eventType)
                .text(Entry::aggregateType)
                .text(Entry::aggregateId)
                .number(Entry::sequence)
                .text(Entry::agent)
                .text(Entry::message)
                .text(Entry::conversation)
                .text(Entry::actor)
                .text(Entry::subject)
                .text(Entry::summary)
                .update(database, """
                        insert into audit_entry
                            (position, recorded_at, network_id, event_type, aggregate_type, aggregate_id, sequence,
                             agent_id, message_id, conversation_id, actor, subject, summary)
                        select * from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""");
        entries.clear();
    }
}
