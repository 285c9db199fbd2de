package io.skein.query.processors;

import io.skein.kernel.projection.ProjectionStatus;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The SQL over {@code projection_progress}, {@code projection_dead_letter} and the head of {@code event_log}. */
@Component
final class ProgressRows {
    private final JdbcClient jdbc;

    ProgressRows(@Qualifier("queryJdbcClient") JdbcClient queryJdbcClient) {
        this.jdbc = queryJdbcClient;
    }

    long head() {
        return jdbc.sql("select coalesce(max(position), 0) from event_log")
                .query(Long.class)
                .single();
    }

    List<ProjectionStatus> projections(long head) {
        return jdbc.sql("""
                        select p.name, min(p.position) as position,
                               (select count(*) from projection_dead_letter l where l.projection = p.name) as dead_letters
                        from projection_progress p group by p.name order by p.name""")
                .query((row, number) -> {
                    long position = row.getLong("position");
                    return new ProjectionStatus(
                            row.getString("name"), position, Math.max(0, head - position), row.getLong("dead_letters"));
                })
                .list();
    }
}
