package io.skein.command.kafka;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Does one thing with Kafka on a thread of its own from start to stop, and begins it again whenever it fails, as soon as its breaker allows. Thread-safe.
 */
public final class KafkaLoop {
    private static final long BREAKER_LOOK_MILLIS = 50;

    private final String name;
    private final KafkaBreaker breaker;
    private final Duration stopWithin;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stopping = lock.newCondition();
    private volatile @Nullable Thread thread;
    private volatile boolean running;

    /** What is done over and over. */
    public interface Work {
        /**
         * Goes on until the loop stops or something fails. Tells the breaker when something went well.
         *
         * @throws NotNow if it is another node's turn
         */
        void run() throws Exception;
    }

    /** There is nothing to do for a while, and nothing is wrong. */
    public static final class NotNow extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Duration until;

        public NotNow(Duration until) {
            super("not now", null, false, false);
            this.until = until;
        }
    }

    /** @param stopWithin how long {@link #stop} waits before it interrupts */
    public KafkaLoop(String name, KafkaBreaker breaker, Duration stopWithin) {
        this.name = name;
        this.breaker = breaker;
        this.stopWithin = stopWithin;
    }

    /**
     * Begins.
     *
     * @param before what to wait for first; false: there will be nothing to do
     * @param operation the right that the work uses, as {@code Write}
     */
    public void start(Waiting before, String operation, Work work) {
        running = true;
        thread = Thread.ofPlatform().daemon().name(name).start(() -> run(before, operation, work));
    }

    /** A wait that an interrupt ends. */
    public interface Waiting {
        boolean await() throws InterruptedException;
    }

    /** For what has nothing to do: is running, but does nothing. */
    public void idle() {
        running = true;
    }

    /**
     * Stops and waits until the work has ended.
     *
     * @param wake ends what the work waits for, if an interrupt would harm it
     */
    public void stop(Runnable wake) {
        running = false;
        wakeUp();
        wake.run();
        Thread working = thread;
        if (working == null) {
            return;
        }
        try {
            if (!working.join(stopWithin)) {
                working.interrupt();
                working.join(stopWithin);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    public boolean isRunning() {
        return running;
    }

    /** Waits, but no longer than the loop runs. */
    public void sleep(Duration wait) throws InterruptedException {
        lock.lock();
        try {
            long left = wait.toNanos();
            while (running && left > 0) {
                left = stopping.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void wakeUp() {
        lock.lock();
        try {
            stopping.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run(Waiting before, String operation, Work work) {
        try {
            if (!before.await()) {
                return;
            }
            while (running) {
                if (!breaker.mayBegin()) {
                    sleep(Duration.ofMillis(BREAKER_LOOK_MILLIS));
                    continue;
                }
                try {
                    work.run();
                    breaker.gaveUp();
                } catch (NotNow later) {
                    breaker.gaveUp();
                    sleep(later.until);
                } catch (InterruptException stopped) {
                    return;
                } catch (InterruptedException stopped) {
                    throw stopped;
                } catch (Exception failure) {
                    if (!running) {
                        return;
                    }
                    breaker.failed(failure, operation);
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
