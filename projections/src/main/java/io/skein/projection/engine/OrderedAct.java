package io.skein.projection.engine;

import java.sql.SQLException;
import tools.jackson.databind.JsonNode;

/** Something that can be ordered beside the acts on projections, and takes a while. */
public interface OrderedAct {
    /** Stable name, as {@code what_if}. */
    String name();

    /** Is told how far it is; false stops it. */
    interface Progress {
        boolean reached(long position, long target);
    }

    /**
     * Does it.
     *
     * @param parameters as ordered
     * @return what came out, to be shown as JSON
     * @throws IllegalArgumentException if the parameters are not allowed
     */
    Object carryOut(JsonNode parameters, Progress progress) throws SQLException, InterruptedException;
}
