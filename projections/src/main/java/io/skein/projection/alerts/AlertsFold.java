package io.skein.projection.alerts;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.alert.AlertEvent;
import io.skein.kernel.alert.AlertEvent.AlertAcknowledged;
import io.skein.kernel.alert.AlertEvent.AlertDismissed;
import io.skein.kernel.alert.AlertEvent.AlertRaised;
import io.skein.kernel.alert.AlertEvent.AlertResolved;
import io.skein.kernel.alert.AlertEvent.AlertUpdated;
import io.skein.kernel.alert.AlertState;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.UserId;
import io.skein.projection.engine.Fold;
import io.skein.projection.engine.LoggedEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Alerts are few: each event is one statement. */
final class AlertsFold implements Fold {
    private record Change(AlertEvent event, long position, Instant at) {}

    private final List<Change> changes = new ArrayList<>();

    @Override
    public void on(LoggedEvent event) {
        if (event.isA(AlertEvent.class)) {
            changes.add(new Change((AlertEvent) event.payload(), event.position(), event.recordedAt()));
        }
    }

    @Override
    public void write(Connection database) throws SQLException {
        for (Change change : changes) {
            switch (change.event()) {
                case AlertRaised raised -> raise(database, raised, change);
                case AlertUpdated updated -> update(database, updated, change);
                case AlertAcknowledged seen -> move(database, change, AlertState.ACKNOWLEDGED, seen.by(), null);
                case AlertResolved ended -> move(database, change, AlertState.RESOLVED, ended.by(), ended.reason());
                case AlertDismissed wrong -> move(database, change, AlertState.DISMISSED, wrong.by(), wrong.reason());
            }
        }
        changes.clear();
    }

    private static void raise(Connection database, AlertRaised raised, Change change) throws SQLException {
        try (PreparedStatement upsert = database.prepareStatement("""
                insert into alert (alert_id, network_id, pattern, severity, grade, state, agents, evidence, description, detector, owasp,
                    raised_position, last_position, raised_at, changed_at)
                values (?, ?, ?, ?, ?, 'raised', ?, ?::jsonb, ?, ?::jsonb, ?, ?, ?, ?, ?)
                on conflict (alert_id) do update set
                    severity = excluded.severity, grade = excluded.grade, agents = excluded.agents, evidence = excluded.evidence,
                    description = excluded.description, detector = excluded.detector, owasp = excluded.owasp,
                    last_position = excluded.last_position, changed_at = excluded.changed_at""")) {
            upsert.setString(1, raised.alertId().value());
            upsert.setString(2, raised.networkId().value());
            upsert.setString(3, word(raised.pattern()));
            upsert.setString(4, word(raised.severity()));
            upsert.setString(5, word(raised.grade()));
            upsert.setArray(
                    6,
                    database.createArrayOf(
                            "text", raised.agents().stream().map(AgentId::value).toArray()));
            upsert.setString(7, KernelJson.mapper().writeValueAsString(raised.evidence()));
            upsert.setString(8, raised.description());
            upsert.setString(9, KernelJson.mapper().writeValueAsString(raised.detector()));
            upsert.setString(10, raised.owasp());
            upsert.setLong(11, change.position());
            upsert.setLong(12, change.position());
            upsert.setTimestamp(13, Timestamp.from(change.at()));
            upsert.setTimestamp(14, Timestamp.from(change.at()));
            upsert.executeUpdate();
        }
    }

    private static void update(Connection database, AlertUpdated updated, Change change) throws SQLException {
        try (PreparedStatement update = database.prepareStatement("""
                update alert set severity = ?, grade = ?, agents = ?, evidence = ?::jsonb, description = ?, detector = ?::jsonb,
                    last_position = ?, changed_at = ? where alert_id = ?""")) {
            update.setString(1, word(updated.severity()));
            update.setString(2, word(updated.grade()));
            update.setArray(
                    3,
                    database.createArrayOf(
                            "text",
                            updated.agents().stream().map(AgentId::value).toArray()));
            update.setString(4, KernelJson.mapper().writeValueAsString(updated.evidence()));
            update.setString(5, updated.description());
            update.setString(6, KernelJson.mapper().writeValueAsString(updated.detector()));
            update.setLong(7, change.position());
            update.setTimestamp(8, Timestamp.from(change.at()));
            update.setString(9, updated.alertId().value());
            update.executeUpdate();
        }
    }

    private static void move(Connection database, Change change, AlertState to, UserId by, @Nullable String reason)
            throws SQLException {
        try (PreparedStatement update = database.prepareStatement("""
                update alert set state = ?, changed_by = ?, reason = ?, last_position = ?, changed_at = ? where alert_id = ?""")) {
            update.setString(1, word(to));
            update.setString(2, by.value());
            update.setString(3, reason);
            update.setLong(4, change.position());
            update.setTimestamp(5, Timestamp.from(change.at()));
            update.setString(6, change.event().alertId().value());
            update.executeUpdate();
        }
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
