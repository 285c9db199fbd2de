package io.skein.projection.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a projection anew from the first event. Its tables are empty meanwhile and fill as {@code projection_progress} shows. Parked events of the
 * projection are let go: each is met again on the way.
 */
public final class ProjectionRebuilder {
    private static final Logger LOG = LoggerFactory.getLogger(ProjectionRebuilder.class);

    private final ProjectionProcessors processors;
    private final DataSource dataSource;

    public ProjectionRebuilder(ProjectionProcessors processors, DataSource dataSource) {
        this.processors = processors;
        this.dataSource = dataSource;
    }

    /**
     * Empties the projection and starts it at the first event; returns when it has started.
     *
     * @throws IllegalArgumentException if there is no such projection
     * @throws IllegalStateException if another process works on it, or the database refuses
     */
    public synchronized void rebuild(String name) {
        Projection projection = processors.projection(name);
        processors.stop(name);
        try {
            empty(projection);
        } finally {
            processors.startAgain(name);
        }
        LOG.info("event=projection_rebuild_started projection={}", name);
    }

    // One transaction: whoever reads sees the old rows with the old position, or no rows with none.
    private void empty(Projection projection) {
        try (Connection database = dataSource.getConnection()) {
            database.setAutoCommit(false);
            try (Statement statement = database.createStatement()) {
                if (!projection.tables().isEmpty()) {
                    statement.execute("truncate " + String.join(", ", projection.tables()));
                }
                delete(database, "delete from projection_progress where name = ?", projection.name());
                delete(database, "delete from projection_checkpoint where name = ?", projection.name());
                delete(database, "delete from projection_dead_letter where projection = ?", projection.name());
                delete(database, "delete from processor_token where processor = ?", projection.name());
                Generations.next(database, projection.name());
                database.commit();
            } catch (SQLException failure) {
                database.rollback();
                throw failure;
            } finally {
                database.setAutoCommit(true);
            }
        } catch (SQLException failure) {
            throw new IllegalStateException("projection " + projection.name() + " could not be emptied", failure);
        }
    }

    private static void delete(Connection database, String sql, String name) throws SQLException {
        try (PreparedStatement delete = database.prepareStatement(sql)) {
            delete.setString(1, name);
            delete.executeUpdate();
        }
    }
}
