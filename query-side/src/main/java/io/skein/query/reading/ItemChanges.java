package io.skein.query.reading;

import io.skein.kernel.id.NetworkId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads the rows of one table that changed for several networks at once, by their {@code last_position}. */
public final class ItemChanges {
    private ItemChanges() {}

    /** Rows of a network as snapshots and deltas carry them. */
    public record Items<T>(List<T> items) {
        public Items {
            items = List.copyOf(items);
        }
    }

    /** A row and the network it is of. */
    public record OfNetwork<T>(NetworkId networkId, T row) {}

    /**
     * Rows with {@code last_position} in (after, to], in the order in which they changed; nothing where they are more than the limit.
     *
     * @param select a select over the table without a where clause; the table must have the alias {@code t}
     * @param condition a further condition on {@code t}, as {@code t.window_seconds in (1, 10)}
     */
    public static <T> Optional<List<OfNetwork<T>>> read(
            JdbcClient jdbc,
            String select,
            String condition,
            Map<NetworkId, Long> after,
            long to,
            int rowLimit,
            RowMapper<T> mapper) {
        String[] networks = after.keySet().stream().map(NetworkId::value).toArray(String[]::new);
        Long[] positions = after.values().toArray(Long[]::new);
        long earliest = after.values().stream().mapToLong(Long::longValue).min().orElse(to);
        List<OfNetwork<T>> rows = jdbc.sql(select
                        + " join unnest(:networks, :positions) as known (network, position)"
                        + " on t.network_id = known.network and t.last_position > known.position"
                        + " where t.last_position > :earliest and t.last_position <= :to and " + condition
                        + " order by t.last_position limit :limit")
                .param("networks", networks)
                .param("positions", positions)
                .param("earliest", earliest)
                .param("to", to)
                .param("limit", rowLimit + 1)
                .query((row, number) ->
                        new OfNetwork<>(new NetworkId(row.getString("network_id")), mapper.mapRow(row, number)))
                .list();
        return rows.size() > rowLimit ? Optional.empty() : Optional.of(rows);
    }

    /** The rows sorted by network, with an empty list where a network has none. */
    public static <T> Map<NetworkId, List<T>> byNetwork(Iterable<NetworkId> networks, List<OfNetwork<T>> rows) {
        Map<NetworkId, List<T>> sorted = new LinkedHashMap<>();
        networks.forEach(network -> sorted.put(network, new ArrayList<>()));
        rows.forEach(
                row -> sorted.getOrDefault(row.networkId(), new ArrayList<>()).add(row.row()));
        return sorted;
    }

    /** Changes of a stream whose body is a list of items. */
    public static <T> Map<NetworkId, LiveSource.Changes> asItems(
            Iterable<NetworkId> networks, List<OfNetwork<T>> rows) {
        Map<NetworkId, LiveSource.Changes> changes = new LinkedHashMap<>();
        byNetwork(networks, rows)
                .forEach((network, items) ->
                        changes.put(network, new LiveSource.Changes(items.size(), new Items<>(items))));
        return changes;
    }
}
