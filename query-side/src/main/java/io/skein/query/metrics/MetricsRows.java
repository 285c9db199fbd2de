package io.skein.query.metrics;

import io.skein.kernel.id.NetworkId;
import io.skein.kernel.metrics.MetricsWindow;
import io.skein.kernel.metrics.WindowSize;
import io.skein.query.reading.ItemChanges;
import io.skein.query.reading.ItemChanges.OfNetwork;
import io.skein.query.reading.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The SQL over {@code metrics_window}. */
@Component
final class MetricsRows {
    private static final String SELECT = """
            select t.network_id, t.window_seconds, t.starts_at, t.messages, t.requests, t.responses, t.broadcasts, t.errors, t.blocked,
                   t.latency_count, t.latency_p50_millis, t.latency_p95_millis, t.latency_p99_millis, t.last_position
            from metrics_window t""";

    private final JdbcClient jdbc;

    MetricsRows(@Qualifier("queryJdbcClient") JdbcClient queryJdbcClient) {
        this.jdbc = queryJdbcClient;
    }

    /** The newest windows that start in [from, to), oldest first. */
    List<MetricsWindow> newest(
            NetworkId networkId, WindowSize size, @Nullable Instant from, @Nullable Instant to, int limit) {
        String range = (from == null ? "" : " and t.starts_at >= :from") + (to == null ? "" : " and t.starts_at < :to");
        return jdbc.sql(SELECT + " where t.network_id = :network and t.window_seconds = :seconds" + range
                        + " order by t.starts_at desc limit :limit")
                .param("network", networkId.value())
                .param("seconds", size.seconds())
                .param("from", from == null ? null : Rows.parameter(from))
                .param("to", to == null ? null : Rows.parameter(to))
                .param("limit", limit)
                .query(MetricsRows::window)
                .list()
                .reversed();
    }

    Optional<List<OfNetwork<MetricsWindow>>> changed(
            Map<NetworkId, Long> after, long to, List<WindowSize> sizes, int rowLimit) {
        String seconds = String.join(
                ", ",
                sizes.stream().map(size -> Integer.toString(size.seconds())).toList());
        return ItemChanges.read(
                jdbc, SELECT, "t.window_seconds in (" + seconds + ")", after, to, rowLimit, MetricsRows::window);
    }

    private static MetricsWindow window(ResultSet row, int number) throws SQLException {
        int seconds = row.getInt("window_seconds");
        long messages = row.getLong("messages");
        long errors = row.getLong("errors");
        return new MetricsWindow(
                Rows.instant(row, "starts_at"),
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
                Rows.doubleOrNull(row, "latency_p50_millis"),
                Rows.doubleOrNull(row, "latency_p95_millis"),
                Rows.doubleOrNull(row, "latency_p99_millis"),
                row.getLong("last_position"));
    }
}
