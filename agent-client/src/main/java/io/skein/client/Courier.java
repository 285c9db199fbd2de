package io.skein.client;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Carries envelopes to the receiver. Called by one thread at a time. */
interface Courier extends AutoCloseable {
    /** What became of one envelope. */
    sealed interface Delivery {
        record Delivered(Receipt receipt) implements Delivery {}

        /** For good. */
        record Refused(BusException why) implements Delivery {}

        /** To be tried again. */
        record Failed(BusException trouble, @Nullable Duration retryAfter) implements Delivery {}
    }

    /**
     * Tries each envelope once, in order: of the envelopes of one agent, none is delivered after an earlier one failed. Returns when the
     * fate of each is known, one answer for each in the same order; throws nothing for trouble with the receiver.
     */
    List<Delivery> deliver(List<Envelope> batch) throws InterruptedException;

    @Override
    void close();
}
