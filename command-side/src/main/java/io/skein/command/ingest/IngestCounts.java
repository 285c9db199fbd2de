package io.skein.command.ingest;

import io.micrometer.core.instrument.MeterRegistry;
import io.skein.eventlog.KernelJson;
import io.skein.kernel.problem.Reason;

/** How many messages came in, and what became of them. */
public final class IngestCounts {
    private static final String METER = "skein.ingest.messages";

    private final MeterRegistry meters;

    IngestCounts(MeterRegistry meters) {
        this.meters = meters;
    }

    void count(RecordResult result) {
        switch (result) {
            case RecordResult.Recorded recorded -> add("recorded", "");
            case RecordResult.Duplicate duplicate -> add("duplicate", "");
            case RecordResult.Blocked blocked -> add("blocked", "");
            case RecordResult.Refused refused ->
                add("refused", KernelJson.word(refused.refusal().reason()));
        }
    }

    /** Something that was no message. */
    public void countNotUnderstood(Reason reason) {
        add("refused", KernelJson.word(reason));
    }

    private void add(String status, String reason) {
        meters.counter(METER, "status", status, "reason", reason).increment();
    }
}
