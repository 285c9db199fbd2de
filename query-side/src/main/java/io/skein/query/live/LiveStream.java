package io.skein.query.live;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.JsonText;
import io.skein.query.reading.ConsistentReads;
import io.skein.query.reading.LiveSource;
import io.skein.query.reading.LiveSource.Changes;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Sends one stream's deltas to every network that somebody watches.
 *
 * <p>Why deltas join a snapshot without a gap: a network's feed begins at a position read when its first subscriber is taken on, which is
 * before that subscriber can ask for its snapshot; afterwards it begins at the end of the delta before, which was read before it was sent, so
 * before anybody who did not get it could ask. Positions only grow, so no delta that a client gets after its subscription
 * begins after its snapshot. Only a projection rebuilt in place goes back; then the feed goes back too, and whoever has a later snapshot drops deltas
 * until the projection is past it. Rows of another generation of the projection, as after a cut-over, do not continue those that a client holds: as soon
 * as the projection is beyond all that was sent before, everybody is called for a snapshot.
 */
final class LiveStream implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveStream.class);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(5);

    private final LiveSource source;
    private final ConsistentReads reads;
    private final Publisher publisher;
    private final LiveProperties pace;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private final Map<NetworkId, Feed> feeds = new HashMap<>();
    private boolean dirty;
    private boolean stopped;

    LiveStream(LiveSource source, ConsistentReads reads, Publisher publisher, LiveProperties pace) {
        this.source = source;
        this.reads = reads;
        this.publisher = publisher;
        this.pace = pace;
    }

    /** What has been sent to the watchers of one network. */
    private static final class Feed {
        private long position;
        /** The furthest that any watcher may be. */
        private long furthest;

        private long generation;
        private long sentAtNanos = System.nanoTime();
        private int subscribers;
        private final ReentrantLock reading = new ReentrantLock();
        private @Nullable Snapshot snapshot;
    }

    LiveSource source() {
        return source;
    }

    /** Takes a subscriber on; returns once everything after this moment will be sent. */
    void subscribe(NetworkId network) {
        if (!addSubscriber(network)) {
            Feed begun = reads.inOneMoment(
                    () -> feedAt(reads.positionOf(source.projection()), reads.generationOf(source.projection())));
            lock.lock();
            try {
                Feed feed = feeds.computeIfAbsent(network, first -> begun);
                feed.subscribers++;
                dirty = true;
                wake.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean addSubscriber(NetworkId network) {
        lock.lock();
        try {
            Feed feed = feeds.get(network);
            if (feed != null) {
                feed.subscribers++;
            }
            return feed != null;
        } finally {
            lock.unlock();
        }
    }

    private static Feed feedAt(long position, long generation) {
        Feed feed = new Feed();
        feed.position = position;
        feed.furthest = position;
        feed.generation = generation;
        return feed;
    }

    void unsubscribe(NetworkId network) {
        lock.lock();
        try {
            Feed feed = feeds.get(network);
            if (feed != null && --feed.subscribers == 0) {
                feeds.remove(network);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The whole state. Watchers share one, as long as every delta that they may have missed is in it, so that many who come at once
     * cost no more than a few.
     */
    Snapshot snapshot(NetworkId network) {
        @Nullable Feed feed;
        long needed;
        lock.lock();
        try {
            feed = feeds.get(network);
            needed = feed == null ? 0 : feed.position;
        } finally {
            lock.unlock();
        }
        if (feed == null) {
            return read(network);
        }
        feed.reading.lock();
        try {
            @Nullable Snapshot shared = shared(feed);
            if (shared != null && shared.position() >= needed) {
                return shared;
            }
            Snapshot fresh = read(network);
            share(feed, fresh);
            return fresh;
        } finally {
            feed.reading.unlock();
        }
    }

    private Snapshot read(NetworkId network) {
        return reads.at(
                source.projection(),
                position -> new Snapshot(
                        source.stream(),
                        position,
                        new JsonText(KernelJson.mapper().writeValueAsString(source.state(network)))));
    }

    private @Nullable Snapshot shared(Feed feed) {
        lock.lock();
        try {
            return feed.snapshot;
        } finally {
            lock.unlock();
        }
    }

    private void share(Feed feed, Snapshot fresh) {
        lock.lock();
        try {
            feed.snapshot = fresh;
            feed.furthest = Math.max(feed.furthest, fresh.position());
        } finally {
            lock.unlock();
        }
    }

    /** Networks that somebody watches. */
    Set<NetworkId> watchedNetworks() {
        return watched().keySet();
    }

    /** Something may have changed. */
    void wake() {
        lock.lock();
        try {
            dirty = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void stop() {
        lock.lock();
        try {
            stopped = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void run() {
        Duration pause = pace.interval();
        int failures = 0;
        try {
            while (awaitChange(pause)) {
                try {
                    pause = deliver() ? pace.interval() : pace.recovery();
                    failures = 0;
                } catch (DataAccessException | TransactionException failure) {
                    failures++;
                    pause = retry(failures);
                    LOG.warn(
                            "event=live_stream_unreadable stream={} failures={} retry={}",
                            source.stream(),
                            failures,
                            pause,
                            failure);
                    wake();
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static Duration retry(int failures) {
        long millis = Math.min(LONGEST_RETRY.toMillis(), 100L << Math.min(failures, 6));
        return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
    }

    /** Waits at least the pause, then until there is something to look at, at most a tick; false once stopped. */
    private boolean awaitChange(Duration pause) throws InterruptedException {
        lock.lock();
        try {
            long rest = pause.toNanos();
            while (!stopped && rest > 0) {
                rest = wake.awaitNanos(rest);
            }
            long tick = pace.tick().toNanos();
            while (!stopped && !(dirty && !feeds.isEmpty()) && tick > 0) {
                tick = feeds.isEmpty() ? awaitForGood() : wake.awaitNanos(tick);
            }
            dirty = false;
            return !stopped;
        } finally {
            lock.unlock();
        }
    }

    private long awaitForGood() throws InterruptedException {
        wake.await();
        return pace.tick().toNanos();
    }

    /** Reads what changed for all watched networks and sends it; false where too much had changed to send it. */
    private boolean deliver() {
        Map<NetworkId, Long> after = watched();
        if (after.isEmpty()) {
            return true;
        }
        Read read = reads.at(source.projection(), position -> {
            Map<NetworkId, Long> behind = new HashMap<>(after);
            behind.values().removeIf(known -> known >= position);
            return new Read(
                    position,
                    reads.generationOf(source.projection()),
                    behind,
                    behind.isEmpty() ? Optional.of(Map.of()) : source.changes(behind, position, pace.maxChanges()));
        });
        after.forEach((network, known) -> {
            if (known > read.position()) {
                LOG.warn(
                        "event=projection_went_back projection={} from={} to={}",
                        source.projection(),
                        known,
                        read.position());
                goBack(network, read.position());
            }
        });
        if (read.changes().isEmpty()) {
            LOG.info(
                    "event=live_delta_too_large stream={} to={} limit={}",
                    source.stream(),
                    read.position(),
                    pace.maxChanges());
            read.after().keySet().forEach(network -> callForSnapshots(network, read.position()));
            return false;
        }
        read.changes().get().forEach((network, changes) -> {
            if (beginsAnew(network, read)) {
                callForSnapshots(network, read.position());
            } else {
                send(network, read, changes);
            }
        });
        return true;
    }

    /** Whether the rows are of another generation than the watchers', and the watchers can be told so. */
    private boolean beginsAnew(NetworkId network, Read read) {
        lock.lock();
        try {
            Feed feed = feeds.get(network);
            if (feed == null || feed.generation == read.generation() || read.position() <= feed.furthest) {
                return false;
            }
            feed.generation = read.generation();
            feed.snapshot = null;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * What was read in one moment.
     *
     * @param after the networks behind that moment, each with the position up to which it was sent
     */
    private record Read(
            long position, long generation, Map<NetworkId, Long> after, Optional<Map<NetworkId, Changes>> changes) {}

    private Map<NetworkId, Long> watched() {
        lock.lock();
        try {
            Map<NetworkId, Long> after = new HashMap<>();
            feeds.forEach((network, feed) -> after.put(network, feed.position));
            return after;
        } finally {
            lock.unlock();
        }
    }

    private void send(NetworkId network, Read read, Changes changes) {
        if (changes.rowCount() > 0 || quietForATick(network)) {
            long from = read.after().getOrDefault(network, read.position());
            publish(network, from, read.position(), changes.body());
        }
    }

    private void callForSnapshots(NetworkId network, long position) {
        publish(network, position, position, source.nothing());
    }

    /** Moves the feed on before sending: who subscribes in between asks for a snapshot of after the delta it may have missed. */
    private void publish(NetworkId network, long from, long to, Object changes) {
        sent(network, to);
        publisher.publish(new LiveAddress(network, source.stream()), new Delta(source.stream(), from, to, changes));
    }

    private boolean quietForATick(NetworkId network) {
        lock.lock();
        try {
            Feed feed = feeds.get(network);
            return feed != null
                    && System.nanoTime() - feed.sentAtNanos
                            >= TimeUnit.MILLISECONDS.toNanos(pace.tick().toMillis());
        } finally {
            lock.unlock();
        }
    }

    private void sent(NetworkId network, long position) {
        lock.lock();
        try {
            Feed feed = feeds.get(network);
            if (feed != null) {
                feed.position = position;
                feed.furthest = Math.max(feed.furthest, position);
                feed.sentAtNanos = System.nanoTime();
                forgetOutdated(feed);
            }
        } finally {
            lock.unlock();
        }
    }

    private void goBack(NetworkId network, long position) {
        lock.lock();
        try {
            Feed feed = feeds.get(network);
            if (feed != null && feed.position > position) {
                feed.position = position;
                feed.snapshot = null;
            }
        } finally {
            lock.unlock();
        }
    }

    private static void forgetOutdated(Feed feed) {
        @Nullable Snapshot snapshot = feed.snapshot;
        if (snapshot != null && snapshot.position() < feed.position && !feed.reading.isLocked()) {
            feed.snapshot = null;
        }
    }
}
