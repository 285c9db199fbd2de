package io.skein.projection.audit;

import io.skein.projection.engine.CopiedRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Table {@code history_party}: who took part in each event. */
final class Parties {
    private Parties() {}

    static void write(List<Entry> entries, Connection database) throws SQLException {
        CopiedRows rows = new CopiedRows(4);
        for (Entry entry : entries) {
            entry.speaking().forEach(agent -> row(rows, entry, agent, true));
            entry.addressed().forEach(agent -> row(rows, entry, agent, false));
        }
        rows.into(database, "history_party (network_id, agent_id, position, speaks)");
    }

    private static void row(CopiedRows rows, Entry entry, String agent, boolean speaks) {
        if (entry.network() != null) {
            rows.row()
                    .text(entry.network())
                    .text(agent)
                    .number(entry.position())
                    .flag(speaks);
        }
    }
}
