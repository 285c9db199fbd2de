package io.skein.query.alerts;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.alert.AlertQuery.ListAlerts;
import io.skein.kernel.alert.AlertState;
import io.skein.kernel.alert.AlertView;
import io.skein.kernel.alert.Detector;
import io.skein.kernel.alert.EvidenceItem;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import io.skein.query.reading.ItemChanges;
import io.skein.query.reading.ItemChanges.OfNetwork;
import io.skein.query.reading.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The SQL over {@code alert}. */
@Component
final class AlertRows {
    private static final String SELECT = """
            select t.alert_id, t.network_id, t.pattern, t.severity, t.grade, t.state, t.agents, t.evidence, t.description, t.detector,
                   t.owasp, t.raised_position, t.last_position, t.raised_at, t.changed_at, t.changed_by, t.reason
            from alert t""";

    private final JdbcClient jdbc;

    AlertRows(@Qualifier("queryJdbcClient") JdbcClient queryJdbcClient) {
        this.jdbc = queryJdbcClient;
    }

    /** Place of an alert in the list: newest first, and by id where one event raised several. */
    record Place(long raisedPosition, AlertId alertId) {
        static Place of(AlertView alert) {
            return new Place(alert.raisedPosition(), alert.alertId());
        }

        static Place parse(String text) {
            int separator = text.indexOf(':');
            if (separator < 0) {
                throw new IllegalArgumentException("no place of an alert: has no colon");
            }
            return new Place(Long.parseLong(text.substring(0, separator)), new AlertId(text.substring(separator + 1)));
        }

        String text() {
            return raisedPosition + ":" + alertId;
        }
    }

    Optional<AlertView> find(AlertId alertId) {
        return jdbc.sql(SELECT + " where t.alert_id = :alert")
                .param("alert", alertId.value())
                .query(this::alert)
                .optional();
    }

    List<AlertView> list(ListAlerts query, @Nullable Place after, int limit) {
        StringBuilder sql = new StringBuilder(SELECT).append(" where t.network_id = :network");
        if (query.state() != null) {
            sql.append(" and t.state = :state");
        }
        if (query.severity() != null) {
            sql.append(" and t.severity = :severity");
        }
        if (query.pattern() != null) {
            sql.append(" and t.pattern = :pattern");
        }
        if (after != null) {
            sql.append(" and t.raised_position <= :position and (t.raised_position, t.alert_id) < (:position, :alert)");
        }
        sql.append(" order by t.raised_position desc, t.alert_id desc limit :limit");
        return jdbc.sql(sql.toString())
                .param("network", query.networkId().value())
                .param("state", word(query.state()))
                .param("severity", word(query.severity()))
                .param("pattern", word(query.pattern()))
                .param("position", after == null ? 0 : after.raisedPosition())
                .param("alert", after == null ? "" : after.alertId().value())
                .param("limit", limit)
                .query(this::alert)
                .list();
    }

    Optional<List<OfNetwork<AlertView>>> changed(Map<NetworkId, Long> after, long to, int rowLimit) {
        return ItemChanges.read(jdbc, SELECT, "true", after, to, rowLimit, this::alert);
    }

    private AlertView alert(ResultSet row, int number) throws SQLException {
        @Nullable String changedBy = row.getString("changed_by");
        return new AlertView(
                new AlertId(row.getString("alert_id")),
                new NetworkId(row.getString("network_id")),
                Pattern.valueOf(name(row, "pattern")),
                Severity.valueOf(name(row, "severity")),
                Grade.valueOf(name(row, "grade")),
                AlertState.valueOf(name(row, "state")),
                Arrays.stream((String[]) row.getArray("agents").getArray())
                        .map(AgentId::new)
                        .toList(),
                List.of(KernelJson.mapper().readValue(row.getString("evidence"), EvidenceItem[].class)),
                row.getString("description"),
                KernelJson.mapper().readValue(row.getString("detector"), Detector.class),
                row.getString("owasp"),
                row.getLong("raised_position"),
                row.getLong("last_position"),
                Rows.instant(row, "raised_at"),
                Rows.instant(row, "changed_at"),
                changedBy == null ? null : new UserId(changedBy),
                row.getString("reason"));
    }

    private static String name(ResultSet row, String column) throws SQLException {
        return row.getString(column).toUpperCase(Locale.ROOT);
    }

    private static String word(@Nullable Enum<?> constant) {
        return constant == null ? "" : constant.name().toLowerCase(Locale.ROOT);
    }
}
