package io.skein.projection.loops;

import io.skein.kernel.agent.MessageRecorded;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/**
 * A fold over the log that may speak. The same events in the same order always give the same findings and the same state, whatever was saved and
 * restored in between.
 *
 * @param <F> what it finds
 */
interface Detector<F> {
    /** Name, version and parameters: state that another one saved is not to be restored. */
    io.skein.kernel.alert.Detector identity();

    /** Takes the next event; what it proves, in the order of the message's targets. */
    List<F> on(MessageRecorded message, long position);

    /** Writes all that later findings depend on; equal states give equal bytes. */
    void save(DataOutput out) throws IOException;

    /** Replaces the state by a saved one. */
    void restore(DataInput in) throws IOException;
}
