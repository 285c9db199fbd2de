package io.skein.projection.publish;

import io.skein.kernel.id.AgentId;
import io.skein.projection.publish.RowsSince.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Changes of trust, with what led to each; successes are counted between them. */
final class TrustFeed implements ChangeFeed {
    /** @param good alpha of the belief after the change */
    private record TrustChange(
            AgentId agentId,
            long number,
            long position,
            String kind,
            double goodAdded,
            double badAdded,
            String reason,
            @Nullable String alertId,
            long successesBefore,
            double trust,
            double good,
            double bad) {}

    @Override
    public String topic() {
        return "analytics-metrics";
    }

    @Override
    public String stream() {
        return "trust";
    }

    @Override
    public String projection() {
        return "agents";
    }

    @Override
    public String progressName() {
        return "publish-trust";
    }

    @Override
    public Changes read(Connection database, long from, long asked) throws SQLException {
        List<Row<TrustChange>> rows = RowsSince.read(
                database,
                "select t.*, t.position as last_position from trust_change t where position > ? and position <= ? order by position limit ?",
                from,
                asked,
                row -> new TrustChange(
                        new AgentId(row.getString("agent_id")),
                        row.getLong("number"),
                        row.getLong("position"),
                        row.getString("kind"),
                        row.getDouble("good"),
                        row.getDouble("bad"),
                        row.getString("reason"),
                        row.getString("alert_id"),
                        row.getLong("successes_before"),
                        100 * row.getDouble("good_after") / (row.getDouble("good_after") + row.getDouble("bad_after")),
                        row.getDouble("good_after"),
                        row.getDouble("bad_after")));
        long to = RowsSince.completeTo(rows, asked);
        Map<String, List<TrustChange>> byNetwork = new TreeMap<>();
        rows.stream()
                .filter(row -> row.position() <= to)
                .forEach(row -> byNetwork
                        .computeIfAbsent(row.network(), absent -> new ArrayList<>())
                        .add(row.value()));
        Map<String, List<Object>> changes = new TreeMap<>();
        byNetwork.forEach((network, items) -> changes.put(network, List.of(Map.of("items", items))));
        return new Changes(to, changes);
    }
}
