package io.skein.projection.engine;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Tells an event's own fault from trouble around it. Only the first may ever be parked. */
final class Faults {
    private Faults() {}

    /**
     * Whether the data that was to be written is at fault: SQL states of class 21 (cardinality), 22 (data) and 23 (integrity). Everything else
     * that a database says (connection, resources, shutdown, deadlock, rights, missing tables) concerns all events alike and may pass.
     */
    static boolean ofData(Throwable failure) {
        String state = sqlState(failure);
        return state != null && (state.startsWith("21") || state.startsWith("22") || state.startsWith("23"));
    }

    /** Whether trouble around the event, not the event, may have made its fold fail. */
    static boolean aroundTheEvent(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException
                    || cause instanceof io.skein.eventlog.LogUnavailableException
                    || cause instanceof org.springframework.dao.DataAccessException
                    || cause instanceof InterruptedException) {
                return !ofData(failure);
            }
        }
        return false;
    }

    private static @Nullable String sqlState(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState();
            }
        }
        return null;
    }
}
