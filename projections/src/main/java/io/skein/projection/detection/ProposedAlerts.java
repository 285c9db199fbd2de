package io.skein.projection.detection;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.alert.AlertCommand;
import io.skein.kernel.alert.AlertCommand.RaiseAlert;
import io.skein.kernel.alert.AlertCommand.ResolveAlert;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.NetworkId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** The way of a finding to command-side: a row of {@code proposed_command}, written in the transaction of the batch. */
public final class ProposedAlerts {
    private ProposedAlerts() {}

    /**
     * Proposes the alert once: the row's id follows from alert and position, so the same proposal again, as in a rebuild, changes nothing.
     *
     * @param position log position of the event that led to it, 1 or more
     */
    public static void propose(Connection database, RaiseAlert alert, long position) throws SQLException {
        propose(database, alert, alert.networkId(), position);
    }

    /** Proposes that the alert be resolved. */
    public static void propose(Connection database, ResolveAlert over, NetworkId network, long position)
            throws SQLException {
        propose(database, (AlertCommand) over, network, position);
    }

    private static void propose(Connection database, AlertCommand command, NetworkId network, long position)
            throws SQLException {
        String type = command.getClass().getSimpleName();
        UUID proposal = UUID.fromString(
                AlertId.derivedFrom(List.of(type, command.alertId().value(), Long.toString(position)))
                        .value());
        try (PreparedStatement insert = database.prepareStatement("""
                insert into proposed_command (proposal_id, network_id, type, payload, position) values (?, ?, ?, ?, ?)
                on conflict (proposal_id) do nothing""")) {
            insert.setObject(1, proposal);
            insert.setString(2, network.value());
            insert.setString(3, type);
            insert.setBytes(4, KernelJson.mapper().writeValueAsBytes(command));
            insert.setLong(5, position);
            insert.executeUpdate();
        }
    }
}
