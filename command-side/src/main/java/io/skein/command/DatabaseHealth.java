package io.skein.command;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Without the database nothing can be recorded. */
@Component("commandDatabaseHealth")
final class DatabaseHealth implements HealthIndicator {
    private static final int ANSWER_SECONDS = 3;

    private final DataSource dataSource;

    DatabaseHealth(@Qualifier("commandDataSource") DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public Health health() {
        try (Connection connection = dataSource.getConnection()) {
            return (connection.isValid(ANSWER_SECONDS) ? Health.up() : Health.down()).build();
        } catch (SQLException failure) {
            return Health.down(failure).build();
        }
    }
}
