package io.skein.command.ingest.otlp;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/** How many spans came, and what became of them. */
final class OtlpCounts {
    private static final String METER = "skein.otlp.spans";

    private final MeterRegistry meters;
    private final AtomicLong waiting = new AtomicLong();

    OtlpCounts(MeterRegistry meters) {
        this.meters = meters;
        meters.gauge("skein.otlp.waiting", waiting);
    }

    /** Made into a request and a response that the log took. */
    void mapped(long spans) {
        add("mapped", spans);
    }

    /** No invocation: only joins others. */
    void ignored(long spans) {
        add("ignored", spans);
    }

    /** The callee's view of a call that is mapped from its caller's. */
    void secondView(long spans) {
        add("second_view", spans);
    }

    /** Sent again. */
    void duplicate(long spans) {
        add("duplicate", spans);
    }

    /** In the dead letters. */
    void rejected(long spans) {
        add("rejected", spans);
    }

    /** The log has other words under the message's id: somebody else told of the same message before. */
    void toldBefore(long messages) {
        add("told_before", messages);
    }

    void waiting(long spans) {
        waiting.set(spans);
    }

    long waiting() {
        return waiting.get();
    }

    private void add(String outcome, long spans) {
        if (spans > 0) {
            meters.counter(METER, "outcome", outcome).increment(spans);
        }
    }
}
