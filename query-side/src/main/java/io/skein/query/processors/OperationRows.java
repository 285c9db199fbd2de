package io.skein.query.processors;

import io.skein.kernel.message.JsonText;
import io.skein.kernel.projection.ProcessorStatus;
import io.skein.kernel.projection.ProjectionOperation;
import io.skein.query.reading.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The SQL over {@code processor_status}, {@code projection_operation} and what belongs to them. */
@Component
final class OperationRows {
    private static final String OPERATIONS = """
            select operation_id, act, projection, subject, parameters::text as parameters, ordered_by, reason, state, node, detail, reached,
                   target, result::text as result, started_at, told_at
            from projection_operation""";

    private final JdbcClient jdbc;

    OperationRows(@Qualifier("queryJdbcClient") JdbcClient queryJdbcClient) {
        this.jdbc = queryJdbcClient;
    }

    /** A node that has said nothing for ten seconds works on nothing. */
    List<ProcessorStatus> processors(long head) {
        return jdbc.sql("""
                        select p.name, p.segment, p.position, t.owner, s.node, s.running, s.events_per_second, s.error,
                            coalesce(c.paused, false) as paused, coalesce(c.held, false) as held, coalesce(g.generation, 0) as generation,
                            (select count(*) from projection_dead_letter l where l.projection = p.name) as dead_letters,
                            (select extract(epoch from now() - e.recorded_at) from event_log e where e.position = p.position + 1) as behind
                        from (
                            select name, segment, position, 'projection' as kind from projection_progress
                            union all
                            select processor, segment, coalesce((convert_from(token, 'UTF8')::jsonb ->> 'globalIndex')::bigint, 0), 'mirror'
                            from processor_token where processor not in (select name from projection_progress)
                                and token_type like '%GlobalSequenceTrackingToken') p
                        left join processor_token t on t.processor = p.name and t.segment = p.segment
                        left join lateral (select * from processor_status s where s.name = p.name and s.segment = p.segment
                            and s.told_at > now() - interval '10 seconds' order by s.node = t.owner desc, s.told_at desc limit 1) s on true
                        left join projection_control c on c.name = p.name
                        left join projection_generation g on g.name = p.name
                        order by p.kind desc, p.name, p.segment""").query((row, number) -> processor(row, head)).list();
    }

    private static ProcessorStatus processor(ResultSet row, long head) throws SQLException {
        String name = row.getString("name");
        long position = row.getLong("position");
        long lag = Math.max(0, head - position);
        @Nullable Double measured = Rows.doubleOrNull(row, "events_per_second");
        @Nullable Double behind = Rows.doubleOrNull(row, "behind");
        @Nullable String owner = row.getString("owner");
        @Nullable String status = row.getString("node");
        boolean projection = status != null;
        String kind = projection ? "projection" : name.startsWith("publish-") ? "publisher" : "mirror";
        @Nullable
        Duration eta = lag == 0
                ? Duration.ZERO
                : measured == null || measured < 0.1 ? null : Duration.ofMillis(Math.round(lag / measured * 1000));
        return new ProcessorStatus(
                name,
                kind,
                owner == null ? status : owner,
                row.getInt("segment"),
                position,
                lag,
                behind == null || lag == 0 ? Duration.ZERO : Duration.ofMillis(Math.max(0, Math.round(behind * 1000))),
                measured == null ? null : Math.round(measured * 10) / 10.0,
                eta,
                head == 0 ? 1 : Math.round(1_000.0 * Math.min(position, head) / head) / 1_000.0,
                !projection || row.getBoolean("running"),
                row.getBoolean("paused"),
                row.getString("error"),
                row.getLong("dead_letters"),
                row.getLong("generation"));
    }

    boolean isProjection(String name) {
        return jdbc.sql(
                        "select exists (select from projection_progress where name = :name) or exists (select from processor_status where name = :name)")
                .param("name", name)
                .query(Boolean.class)
                .single();
    }

    List<ProjectionOperation> newest(int limit) {
        return jdbc.sql(OPERATIONS + " order by started_at desc, operation_id limit :limit")
                .param("limit", limit)
                .query(OperationRows::operation)
                .list();
    }

    Optional<ProjectionOperation> find(UUID id) {
        return jdbc.sql(OPERATIONS + " where operation_id = :id")
                .param("id", id)
                .query(OperationRows::operation)
                .optional();
    }

    private static ProjectionOperation operation(ResultSet row, int number) throws SQLException {
        @Nullable String result = row.getString("result");
        return new ProjectionOperation(
                row.getObject("operation_id", UUID.class),
                row.getString("act"),
                row.getString("projection"),
                row.getObject("subject", UUID.class),
                new JsonText(row.getString("parameters")),
                row.getString("ordered_by"),
                row.getString("reason"),
                row.getString("state"),
                row.getString("node"),
                row.getString("detail"),
                row.getLong("reached"),
                row.getLong("target"),
                result == null ? null : new JsonText(result),
                Rows.instant(row, "started_at"),
                Rows.instant(row, "told_at"));
    }
}
