package io.skein.projection.detection;

import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.alert.Detector;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/**
 * A fold over the log that may speak. The same events in the same order always give the same findings and the same state, whatever was saved and
 * restored in between.
 */
public interface PatternFold {
    /** Name, version and parameters: state that another one saved is not to be restored. */
    Detector identity();

    /**
     * Takes the next event of an agent; what it proves.
     *
     * @param atMilli event time in milliseconds, as {@link EventClock} tells it; never falls
     */
    List<Finding> on(AgentEvent event, long position, long atMilli);

    /** Writes all that later findings depend on; equal states give equal bytes. */
    void save(DataOutput out) throws IOException;

    /** Replaces the state by a saved one. */
    void restore(DataInput in) throws IOException;

    /** Entries kept in memory; never more than the stated limits. */
    int size();

    /** Messages so far for which something had to be forgotten or left unread because a limit was reached. */
    default long overBudget() {
        return 0;
    }
}
