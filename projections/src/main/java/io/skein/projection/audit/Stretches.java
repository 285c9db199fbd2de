package io.skein.projection.audit;

import io.skein.projection.engine.Columns;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Table {@code history_stretch}: between which times the events of a stretch of the log were recorded. It says where to look and nothing about what is found, and
 * only ever widens: of the live schema, one for every view of the past, and none of the projection's own tables.
 */
final class Stretches {
    private record Times(Instant earliest, Instant latest) {
        Times and(Times other) {
            return new Times(
                    earliest.isBefore(other.earliest) ? earliest : other.earliest,
                    latest.isAfter(other.latest) ? latest : other.latest);
        }
    }

    private Stretches() {}

    static void write(List<Entry> entries, Connection database) throws SQLException {
        Map<Long, Times> stretches = new TreeMap<>();
        for (Entry entry : entries) {
            stretches.merge(entry.stretch(), new Times(entry.recordedAt(), entry.recordedAt()), Times::and);
        }
        Columns.of(stretches.entrySet())
                .number(Map.Entry::getKey)
                .instant(stretch -> stretch.getValue().earliest())
                .instant(stretch -> stretch.getValue().latest())
                .update(database, """
                        insert into public.history_stretch as s (position, earliest, latest) select * from unnest(?, ?, ?)
                        on conflict (position) do update set earliest = least(s.earliest, excluded.earliest),
                            latest = greatest(s.latest, excluded.latest)""");
    }
}
