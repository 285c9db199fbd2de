package io.skein.projection.publish;

import io.skein.kernel.metrics.MetricsWindow;
import io.skein.projection.publish.RowsSince.Row;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Windows of the metrics. */
final class MetricsFeed implements ChangeFeed {
    @Override
    public String topic() {
        return "analytics-metrics";
    }

    @Override
    public String stream() {
        return "metrics";
    }

    @Override
    public String projection() {
        return "metrics";
    }

    @Override
    public String progressName() {
        return "publish-metrics";
    }

    @Override
    public Changes read(Connection database, long from, long asked) throws SQLException {
        List<Row<MetricsWindow>> rows = RowsSince.read(
                database,
                "select * from metrics_window where last_position > ? and last_position <= ? order by last_position limit ?",
                from,
                asked,
                MetricsFeed::window);
        long to = RowsSince.completeTo(rows, asked);
        Map<String, List<MetricsWindow>> byNetwork = new TreeMap<>();
        rows.stream()
                .filter(row -> row.position() <= to)
                .forEach(row -> byNetwork
                        .computeIfAbsent(row.network(), absent -> new ArrayList<>())
                        .add(row.value()));
        Map<String, List<Object>> changes = new TreeMap<>();
        byNetwork.forEach((network, items) -> changes.put(network, List.of(Map.of("items", items))));
        return new Changes(to, changes);
    }

    private static MetricsWindow window(ResultSet row) throws SQLException {
        long messages = row.getLong("messages");
        long errors = row.getLong("errors");
        int seconds = row.getInt("window_seconds");
        return new MetricsWindow(
                row.getTimestamp("starts_at").toInstant(),
                seconds,
                messages,
                row.getLong("requests"),
                row.getLong("responses"),
                row.getLong("broadcasts"),
                errors,
                row.getLong("blocked"),
                (double) messages / seconds,
                messages == 0 ? 0 : (double) errors / messages,
                row.getLong("latency_count"),
                real(row, "latency_p50_millis"),
                real(row, "latency_p95_millis"),
                real(row, "latency_p99_millis"),
                row.getLong("last_position"));
    }

    private static @Nullable Double real(ResultSet row, String column) throws SQLException {
        double value = row.getDouble(column);
        return row.wasNull() ? null : value;
    }
}
