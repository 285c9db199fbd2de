package io.skein.command.bus;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.axonframework.common.lock.Lock;
import org.axonframework.common.lock.LockAcquisitionFailedException;
import org.axonframework.common.lock.LockFactory;

/**
 * One command at a time on each aggregate. Instead of searching all locks of the process for deadlocks whenever somebody has to wait, as the framework's
 * factory does, nobody waits longer than the patience: a command locks one aggregate, so nothing can deadlock here anyway. Thread-safe.
 */
final class AggregateLocks implements LockFactory {
    private static final class Entry {
        private final ReentrantLock lock = new ReentrantLock();
        /** Who holds or waits; only changed inside the map's own atomic steps. */
        private int users;
    }

    private final ConcurrentHashMap<String, Entry> entries = new ConcurrentHashMap<>();
    private final Duration patience;

    AggregateLocks(Duration patience) {
        this.patience = patience;
    }

    @Override
    public Lock obtainLock(String identifier) {
        Entry entry = entries.compute(identifier, (same, known) -> {
            Entry used = known == null ? new Entry() : known;
            used.users++;
            return used;
        });
        boolean obtained = false;
        try {
            obtained = entry.lock.tryLock() || entry.lock.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            if (!obtained) {
                leave(identifier);
            }
        }
        if (!obtained) {
            throw new LockAcquisitionFailedException("aggregate " + identifier + " was worked on for " + patience
                    + " by others; expected its turn before that");
        }
        return new Held(identifier, entry.lock);
    }

    /** Aggregates that somebody works on or waits for. */
    int size() {
        return entries.size();
    }

    private void leave(String identifier) {
        entries.computeIfPresent(identifier, (same, used) -> --used.users == 0 ? null : used);
    }

    private final class Held implements Lock {
        private final String identifier;
        private final ReentrantLock lock;
        private boolean released;

        Held(String identifier, ReentrantLock lock) {
            this.identifier = identifier;
            this.lock = lock;
        }

        @Override
        public void release() {
            if (!released) {
                released = true;
                lock.unlock();
                leave(identifier);
            }
        }

        @Override
        public boolean isHeld() {
            return !released && lock.isHeldByCurrentThread();
        }
    }
}
