package io.skein.command.ingest.otlp;

import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Ends the waiting of spans whose surroundings do not come, finishes what a crash or an outage of the log interrupted, and forgets old places. */
final class SpanSweeper implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(SpanSweeper.class);
    private static final int PORTION = 200;
    private static final int PORTIONS = 50;
    private static final int RESUMED = 10_000;
    private static final long STOP_SECONDS = 30;

    private final SpanStore store;
    private final TraceReceiver receiver;
    private final OtlpCounts counts;
    private final OtlpSettings settings;
    private @Nullable ScheduledExecutorService timer;
    private boolean resumed;
    private boolean failing;

    SpanSweeper(SpanStore store, TraceReceiver receiver, OtlpCounts counts, OtlpSettings settings) {
        this.store = store;
        this.receiver = receiver;
        this.counts = counts;
        this.settings = settings;
    }

    @Override
    public synchronized void start() {
        ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("skein-otlp-sweeper").factory());
        long millis = settings.sweepInterval().toMillis();
        started.scheduleWithFixedDelay(this::sweepSafely, 0, millis, TimeUnit.MILLISECONDS);
        timer = started;
    }

    @Override
    public synchronized void stop() {
        ScheduledExecutorService stopped = timer;
        timer = null;
        if (stopped == null) {
            return;
        }
        stopped.shutdown();
        try {
            if (!stopped.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                stopped.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            stopped.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return timer != null;
    }

    private void sweepSafely() {
        try {
            sweep();
            if (failing) {
                LOG.info("event=otlp_sweep_back");
            }
            failing = false;
        } catch (RuntimeException failure) {
            // What is waiting waits on; the next sweep tries again, and says so once.
            if (!failing) {
                LOG.warn("event=otlp_sweep_failed", failure);
            }
            failing = true;
        }
    }

    private void sweep() {
        if (!resumed) {
            store.tracesWithWaiting(RESUMED).forEach(this::settleSafely);
            resumed = true;
        }
        for (int i = 0; i < PORTIONS; i++) {
            List<SpanStore.Due> due =
                    store.due(settings.window(), settings.maxWait(), settings.maxWaitingSpansPerTrace(), PORTION);
            if (due.isEmpty()) {
                break;
            }
            int orphaned = store.orphan(due);
            if (orphaned > 0) {
                LOG.info("event=otlp_parents_missing traces={} spans={}", due.size(), orphaned);
            }
            boolean all = true;
            for (SpanStore.Due each : due) {
                all &= settleSafely(each.trace());
            }
            if (!all || due.size() < PORTION) {
                break;
            }
        }
        counts.waiting(store.waitingSpans());
        store.forget(settings.retention());
    }

    private boolean settleSafely(TraceKey trace) {
        try {
            receiver.settle(List.of(trace));
            return true;
        } catch (RuntimeException failure) {
            LOG.warn(
                    "event=otlp_settle_failed network={} trace={} cause={}",
                    trace.networkId(),
                    trace.traceId(),
                    failure.toString());
            return false;
        }
    }
}
