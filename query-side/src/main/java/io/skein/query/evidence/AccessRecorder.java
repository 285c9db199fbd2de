package io.skein.query.evidence;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.skein.eventlog.ProposedRecord;
import io.skein.kernel.audit.AuditLogCommand;
import io.skein.kernel.audit.AuditLogCommand.RecordAccess;
import io.skein.kernel.id.AuditLogId;
import io.skein.kernel.id.Ids;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import java.security.Principal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;

/**
 * Writes down who read the trail before the answer goes out. The one thing that this side inserts, over connections of its own; what cannot be written down is not
 * answered.
 */
@Component
public final class AccessRecorder implements DisposableBean {
    private static final String NOBODY_SIGNED_IN = "operator";

    private final HikariDataSource dataSource;

    AccessRecorder(@Qualifier("queryDataSource") HikariDataSource queryDataSource) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("skein-query-records");
        config.setJdbcUrl(queryDataSource.getJdbcUrl());
        config.setUsername(queryDataSource.getUsername());
        config.setPassword(queryDataSource.getPassword());
        config.setMaximumPoolSize(2);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(queryDataSource.getConnectionTimeout());
        config.setInitializationFailTimeout(-1);
        config.addDataSourceProperty("ApplicationName", "skein-query-records");
        this.dataSource = new HikariDataSource(config);
    }

    /** Whoever asks, as far as is known. */
    public static UserId by(@Nullable Principal principal) {
        return new UserId(
                principal == null || !Ids.isValid(principal.getName()) ? NOBODY_SIGNED_IN : principal.getName());
    }

    /**
     * Writes an access down; it is in the log soon after.
     *
     * @param parameters null values are left out
     * @throws DataAccessResourceFailureException if it cannot be written down
     */
    public void record(
            @Nullable NetworkId network,
            UserId by,
            String question,
            SortedMap<String, @Nullable String> parameters,
            long items,
            long position) {
        SortedMap<String, String> given = new TreeMap<>();
        parameters.forEach((name, value) -> {
            if (value != null) {
                given.put(
                        name,
                        value.length() <= AuditLogCommand.MAX_CHARACTERS
                                ? value
                                : value.substring(0, AuditLogCommand.MAX_CHARACTERS));
            }
        });
        UUID id = UUID.randomUUID();
        try (Connection connection = dataSource.getConnection()) {
            ProposedRecord.insert(
                    connection,
                    id,
                    new RecordAccess(
                            AuditLogId.access(id),
                            network,
                            by,
                            question,
                            given,
                            items,
                            position,
                            Instant.now().truncatedTo(ChronoUnit.MICROS)));
        } catch (SQLException failure) {
            throw new DataAccessResourceFailureException("the access cannot be written down", failure);
        }
    }

    @Override
    public void destroy() {
        dataSource.close();
    }
}
