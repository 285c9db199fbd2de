package io.skein.query.live;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Runs the streams and the listener that wakes them. */
final class LiveGateway implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(LiveGateway.class);
    private static final long STOP_MILLIS = 5_000;

    private final Collection<LiveStream> streams;
    private final ListenerFactory listeners;
    private final List<Thread> threads = new ArrayList<>();
    private @Nullable ProjectionListener listener;
    private volatile boolean running;

    LiveGateway(Collection<LiveStream> streams, ListenerFactory listeners) {
        this.streams = streams;
        this.listeners = listeners;
    }

    /** Makes the listener that tells the gateway of batches. */
    interface ListenerFactory {
        ProjectionListener listener(LiveGateway gateway);
    }

    @Override
    public synchronized void start() {
        if (running) {
            return;
        }
        running = true;
        ProjectionListener hearing = listeners.listener(this);
        listener = hearing;
        threads.add(Thread.ofPlatform().daemon().name("query-live-listener").start(hearing));
        for (LiveStream stream : streams) {
            threads.add(Thread.ofPlatform()
                    .daemon()
                    .name("query-live-" + stream.source().stream())
                    .start(stream));
        }
    }

    @Override
    public synchronized void stop() {
        running = false;
        if (listener != null) {
            listener.stop();
        }
        streams.forEach(LiveStream::stop);
        try {
            for (Thread thread : threads) {
                thread.join(STOP_MILLIS);
                if (thread.isAlive()) {
                    LOG.warn("event=live_thread_hangs thread={}", thread.getName());
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        threads.clear();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** A projection has committed a batch. */
    void onBatch(String projection) {
        for (LiveStream stream : streams) {
            if (stream.source().projection().equals(projection)) {
                stream.wake();
            }
        }
    }

    /** Anything may have happened. */
    void onUncertainty() {
        streams.forEach(LiveStream::wake);
    }
}
