package io.skein.projection.publish;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** One stream of changes: rows of a projection's tables by the position that changed them. */
interface ChangeFeed {
    /** Where it goes. */
    String topic();

    /** The stream's name, as the live gateway knows it. */
    String stream();

    /** The projection whose tables it reads. */
    String projection();

    /** Name of its own progress. */
    String progressName();

    /**
     * What changed.
     *
     * @param to the changes reach so far; may be less than what was asked for where there are too many
     * @param byNetwork the {@code changes} of each network that has any, in as many parts as keep each of a size that can be sent
     */
    record Changes(long to, Map<String, List<Object>> byNetwork) {}

    /** The rows whose newest change is in {@code (from, to]}, as they stand in this transaction, in which the projection is at {@code to}. */
    Changes read(Connection database, long from, long to) throws SQLException;
}
