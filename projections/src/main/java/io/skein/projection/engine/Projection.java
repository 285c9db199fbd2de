package io.skein.projection.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** A read model made from the log alone. One thread at a time calls it, in log order. */
public interface Projection {
    /** Stable name: of the processor, its token and its progress. */
    String name();

    /** Tables that belong to it alone; a rebuild empties them. */
    List<String> tables();

    /**
     * Opens a batch.
     *
     * @param after every event up to here is in the projection's tables, none beyond
     * @param database the batch's transaction
     */
    Fold open(long after, Connection database) throws SQLException;

    /**
     * Whether rows are only added to its tables, each with the {@code position} of its event. The past of such a table is its rows up to there; no
     * copy of it is ever made.
     */
    default boolean onlyGrows() {
        return false;
    }

    /** What is kept in memory beyond a batch may be wrong now, as a batch was rolled back or the projection begins anew: let go of it. */
    default void forget() {}
}
