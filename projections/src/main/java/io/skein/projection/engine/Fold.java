package io.skein.projection.engine;

import java.sql.Connection;
import java.sql.SQLException;

/** What the events of one batch add up to. */
public interface Fold {
    /**
     * Takes one event into memory; writes nothing.
     *
     * @throws RuntimeException if the event cannot be taken; the whole batch is then given up
     */
    void on(LoggedEvent event);

    /** Passes over an event that is parked. */
    default void skip(LoggedEvent event) {}

    /**
     * Writes what changed, once, in the batch's transaction.
     *
     * @param database open transaction; neither committed nor closed here
     */
    void write(Connection database) throws SQLException;
}
