package io.skein.projection;

import io.skein.eventlog.LogTail;
import io.skein.projection.engine.ProjectionProcessors;
import io.skein.projection.publish.Publishing;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Position, lag, parked events and newest error of each projection. Down where one does not run here or its newest batch failed; a broker that is
 * away is shown and is no reason to be down, as nothing is lost by it.
 */
final class ProjectionsHealth extends AbstractHealthIndicator {
    private final ProjectionProcessors processors;
    private final Publishing publishing;
    private final LogTail tail;
    private final JdbcTemplate database;

    ProjectionsHealth(ProjectionProcessors processors, Publishing publishing, LogTail tail, DataSource dataSource) {
        super("the projections cannot be asked");
        this.processors = processors;
        this.publishing = publishing;
        this.tail = tail;
        this.database = new JdbcTemplate(dataSource);
        this.database.setQueryTimeout(5);
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        Map<String, Long> positions = longs("select name, min(position) from projection_progress group by name");
        Map<String, Long> parked = longs("select projection, count(*) from projection_dead_letter group by projection");
        Map<String, Long> standing = longs("select name, 1 from projection_control where paused or held");
        long head = tail.head();
        boolean well = true;
        for (String name : processors.names()) {
            long position = positions.getOrDefault(name, 0L);
            Map<String, Object> detail = new LinkedHashMap<>();
            detail.put("position", position);
            detail.put("lag", Math.max(0, head - position));
            detail.put("deadLetters", parked.getOrDefault(name, 0L));
            detail.put("running", processors.isRunning(name));
            processors.error(name).ifPresent(error -> detail.put("error", error));
            health.withDetail(name, detail);
            if (standing.containsKey(name)) {
                detail.put("paused", true);
            } else {
                well &= processors.isRunning(name) && processors.error(name).isEmpty();
            }
        }
        publishing.errors().forEach((name, error) -> health.withDetail(name, Map.of("error", error)));
        health.status(
                well
                        ? org.springframework.boot.health.contributor.Status.UP
                        : org.springframework.boot.health.contributor.Status.DOWN);
    }

    private Map<String, Long> longs(String sql) {
        Map<String, Long> values = new HashMap<>();
        database.query(sql, row -> {
            values.put(row.getString(1), row.getLong(2));
        });
        return values;
    }
}
