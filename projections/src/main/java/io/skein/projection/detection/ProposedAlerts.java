package io.skein.projection.detection;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.alert.AlertCommand.RaiseAlert;
import io.skein.kernel.id.AlertId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** The way of a finding to command-side: a row of {@code proposed_command}, written in the transaction of the batch. */
public final class ProposedAlerts {
    private ProposedAlerts() {}

    /**
     * Proposes the alert once: the row's id follows from the parts, so the same proposal again, as in a rebuild, changes nothing.
     *
     * @param parts what makes this proposal another than the alert's earlier ones
     * @param position log position of the event that led to it, 1 or more
     */
    public static void propose(Connection database, RaiseAlert alert, List<String> parts, long position)
            throws SQLException {
        UUID proposal = UUID.fromString(AlertId.derivedFrom(parts).value());
        try (PreparedStatement insert = database.prepareStatement("""
                insert into proposed_command (proposal_id, network_id, type, payload, position) values (?, ?, ?, ?, ?)
                on conflict (proposal_id) do nothing""")) {
            insert.setObject(1, proposal);
            insert.setString(2, alert.networkId().value());
            insert.setString(3, RaiseAlert.class.getSimpleName());
            insert.setBytes(4, KernelJson.mapper().writeValueAsBytes(alert));
            insert.setLong(5, position);
            insert.executeUpdate();
        }
    }
}
