package io.skein.client;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import io.skein.client.BusException.Reason;
import io.skein.client.Courier.Delivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What both buses share: rules, disk buffer, one delivering thread with backoff and breaker, receipts. */
abstract sealed class BufferedBus implements AgentMessageBus permits HttpMessageBus, KafkaMessageBus {
    private static final Logger LOG = LoggerFactory.getLogger(BufferedBus.class);
    private static final Duration POLL = Duration.ofMillis(200);

    /** Somebody who waits for the answer to one entry. */
    private record Waiting(String messageId, CompletableFuture<Receipt> receipt, long since) {}

    private record Pending(long sequence, Envelope envelope) {}

    private final DeliverySettings settings;
    private final BusListener listener;
    private final Courier courier;
    private final DiskBuffer buffer;
    private final RefusedFile refusedFile;
    private final CircuitBreaker breaker;
    private final IntervalFunction backoff;
    private final ConcurrentNavigableMap<Long, Waiting> waiting = new ConcurrentSkipListMap<>();
    private final ExecutorService callbacks = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("skein-callbacks").factory());
    private final Thread dispatcher;
    private final Thread sweeper;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong retries = new AtomicLong();
    private final long replayed;

    private final ReentrantLock progress = new ReentrantLock();
    private final Condition progressed = progress.newCondition();
    private volatile boolean stopping;
    private volatile @Nullable Thread callbackThread;
    private volatile @Nullable BusException lastTrouble;

    BufferedBus(BusBuilder<?> builder, Courier courier) {
        this.settings = builder.delivery;
        this.listener = builder.listener;
        this.courier = courier;
        this.refusedFile = new RefusedFile(builder.buffer.folder());
        this.backoff = IntervalFunction.ofExponentialRandomBackoff(
                settings.firstBackoff(), 2.0, settings.jitter(), settings.maxBackoff());
        this.breaker = CircuitBreaker.of(
                "skein-bus",
                CircuitBreakerConfig.custom()
                        .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .slidingWindowSize(settings.breakerFailures())
                        .minimumNumberOfCalls(settings.breakerFailures())
                        .failureRateThreshold(100)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .waitDurationInOpenState(settings.breakerPause())
                        .build());
        this.dispatcher = Thread.ofPlatform().name("skein-bus").daemon().unstarted(this::dispatch);
        this.sweeper = Thread.ofVirtual().name("skein-receipts").unstarted(this::expireReceipts);
        try {
            this.buffer = DiskBuffer.open(builder.buffer, new BufferNews());
        } catch (RuntimeException failure) {
            courier.close();
            callbacks.shutdown();
            throw failure;
        }
        this.replayed = buffer.state().messages();
    }

    /** Apart from the constructor, so that nothing runs before the whole object stands. */
    final void start() {
        dispatcher.start();
        sweeper.start();
    }

    @Override
    public final CompletableFuture<Receipt> send(OutgoingMessage message) {
        CompletableFuture<Receipt> receipt = new CompletableFuture<>();
        try {
            if (closed.get()) {
                throw new BusException(
                        Reason.CLOSED,
                        "message " + message.messageId(),
                        "came after close",
                        "an open bus",
                        "open a new one");
            }
            byte[] payload = Envelope.of(message).encode();
            Waiting someone = new Waiting(message.messageId(), receipt, System.nanoTime());
            buffer.append(payload, sequence -> waiting.put(sequence, someone));
            sent.incrementAndGet();
        } catch (BusException failure) {
            receipt.completeExceptionally(failure);
        }
        return receipt;
    }

    @Override
    public final boolean flush(Duration deadline) throws InterruptedException {
        long target = buffer.lastSequence();
        long nanos = deadline.toNanos();
        progress.lockInterruptibly();
        try {
            while (!buffer.isSettled(target)) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = progressed.awaitNanos(nanos);
            }
        } finally {
            progress.unlock();
        }
        return isTold(nanos);
    }

    /** Whether all that was settled so far is told, too; a callback cannot wait for itself. */
    private boolean isTold(long nanos) throws InterruptedException {
        if (callbackThread == Thread.currentThread()) {
            return true;
        }
        CountDownLatch told = new CountDownLatch(1);
        return !callback(told::countDown) || told.await(Math.max(nanos, 0), TimeUnit.NANOSECONDS);
    }

    @Override
    public final BusMetrics metrics() {
        DiskBuffer.State state = buffer.state();
        return new BusMetrics(
                sent.get(),
                replayed,
                acknowledged.get(),
                refused.get(),
                state.dropped(),
                state.setAside(),
                retries.get(),
                state.messages(),
                state.bytes(),
                switch (breaker.getState()) {
                    case OPEN, FORCED_OPEN -> BusMetrics.Breaker.OPEN;
                    case HALF_OPEN -> BusMetrics.Breaker.HALF_OPEN;
                    case CLOSED, DISABLED, METRICS_ONLY -> BusMetrics.Breaker.CLOSED;
                },
                lastTrouble);
    }

    @Override
    public final void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        boolean interrupted = false;
        try {
            flush(settings.closeWithin());
        } catch (InterruptedException impatient) {
            interrupted = true;
        }
        stopping = true;
        dispatcher.interrupt();
        sweeper.interrupt();
        try {
            dispatcher.join(Duration.ofSeconds(5));
        } catch (InterruptedException impatient) {
            interrupted = true;
        }
        courier.close();
        buffer.close();
        List.copyOf(waiting.keySet())
                .forEach(sequence -> fail(
                        sequence,
                        id -> new BusException(
                                Reason.CLOSED_BEFORE_DELIVERY,
                                "message " + id,
                                "is still in the buffer",
                                "a receipt before close",
                                "open a bus on the same folder to deliver it")));
        callbacks.shutdown();
        try {
            if (callbackThread != Thread.currentThread() && !callbacks.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("event=listener_slow consequence=\"goes on after close\"");
            }
        } catch (InterruptedException impatient) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- delivering ----

    private void dispatch() {
        try {
            while (!stopping) {
                List<DiskBuffer.Entry> entries = read();
                if (!entries.isEmpty()) {
                    deliver(entries);
                }
            }
        } catch (InterruptedException closing) {
            LOG.debug("event=dispatcher_stopped");
        } catch (RuntimeException defect) {
            LOG.error(
                    "event=dispatcher_failed consequence=\"messages stay on disk until the bus is opened again\"",
                    defect);
            lastTrouble = new BusException(
                            Reason.UNAVAILABLE,
                            "the bus's delivering thread",
                            "failed",
                            "no failure",
                            "open the bus again and report this")
                    .causedBy(defect);
        }
    }

    private List<DiskBuffer.Entry> read() throws InterruptedException {
        try {
            return buffer.read(settings.batchMessages(), settings.batchBytes(), POLL);
        } catch (BusException unreadable) {
            trouble(unreadable);
            Thread.sleep(settings.maxBackoff());
            return List.of();
        }
    }

    private void deliver(List<DiskBuffer.Entry> entries) throws InterruptedException {
        List<Pending> pending = new ArrayList<>(entries.size());
        entries.forEach(entry -> pending.add(new Pending(entry.sequence(), Envelope.decode(entry.payload()))));
        for (int failures = 0; !pending.isEmpty(); ) {
            awaitBreaker();
            int before = pending.size();
            Delivery.Failed failed = settle(pending, attempt(pending));
            boolean advanced = pending.size() < before;
            if (failed == null) {
                breaker.onSuccess(0, TimeUnit.NANOSECONDS);
                lastTrouble = null;
                // Last, so that whoever waits for it finds the rest as it is now.
                acknowledge(entries.getLast().sequence());
                continue;
            }
            acknowledge(pending.getFirst().sequence() - 1);
            trouble(failed.trouble());
            if (failed.trouble().reason().isMisconfiguration()) {
                // Those behind the batch wait for the same thing: somebody has to change a setting.
                List.copyOf(waiting.keySet()).forEach(sequence -> fail(sequence, id -> failed.trouble()));
            }
            if (failed.trouble().reason() == Reason.OVERLOADED) {
                // It works, and says when to come again; that is no reason to stop asking.
                breaker.releasePermission();
            } else if (advanced) {
                breaker.onSuccess(0, TimeUnit.NANOSECONDS);
            } else {
                breaker.onError(0, TimeUnit.NANOSECONDS, failed.trouble());
            }
            failures = advanced ? 1 : failures + 1;
            retries.incrementAndGet();
            pause(failures, failed.retryAfter());
        }
    }

    private List<Delivery> attempt(List<Pending> pending) throws InterruptedException {
        List<Envelope> batch = pending.stream().map(Pending::envelope).toList();
        try {
            return courier.deliver(batch);
        } catch (RuntimeException defect) {
            LOG.error("event=delivery_failed_unexpectedly messages={}", batch.size(), defect);
            BusException trouble = new BusException(
                            Reason.UNAVAILABLE,
                            "the delivery of " + batch.size() + " messages",
                            "failed unexpectedly with " + defect,
                            "an answer or a known failure",
                            "see the log; they are sent again")
                    .causedBy(defect);
            return batch.stream()
                    .<Delivery>map(envelope -> new Delivery.Failed(trouble, null))
                    .toList();
        }
    }

    /** Takes from the pending what is answered; gives the first failure, if any. */
    private Delivery.@Nullable Failed settle(List<Pending> pending, List<Delivery> deliveries) {
        Delivery.Failed first = null;
        List<Pending> again = new ArrayList<>();
        for (int i = 0; i < pending.size(); i++) {
            Pending one = pending.get(i);
            switch (deliveries.get(i)) {
                case Delivery.Delivered delivered -> {
                    acknowledged.incrementAndGet();
                    Waiting someone = waiting.remove(one.sequence());
                    callback(() -> {
                        if (someone != null) {
                            someone.receipt().complete(delivered.receipt());
                        }
                        listener.acknowledged(delivered.receipt());
                    });
                }
                case Delivery.Refused refusal -> {
                    refused.incrementAndGet();
                    LOG.warn(
                            "event=message_refused message={} reason={}",
                            one.envelope().messageId(),
                            refusal.why().reason());
                    refusedFile.add(one.envelope(), refusal.why());
                    fail(one.sequence(), id -> refusal.why());
                    callback(() -> listener.givenUp(one.envelope().messageId(), refusal.why()));
                }
                case Delivery.Failed failed -> {
                    again.add(one);
                    first = first == null ? failed : first;
                }
            }
        }
        pending.clear();
        pending.addAll(again);
        return first;
    }

    private void acknowledge(long sequence) {
        buffer.acknowledge(sequence);
        for (Long overtaken : List.copyOf(waiting.headMap(sequence, true).keySet())) {
            fail(
                    overtaken,
                    id -> new BusException(
                            Reason.DAMAGED,
                            "message " + id,
                            "was damaged on the disk before it was sent",
                            "the bytes that were written",
                            "see the folder set-aside of the buffer, check the disk, and send it again"));
        }
        progress.lock();
        try {
            progressed.signalAll();
        } finally {
            progress.unlock();
        }
    }

    private void awaitBreaker() throws InterruptedException {
        while (!breaker.tryAcquirePermission()) {
            Thread.sleep(Math.clamp(settings.breakerPause().toMillis() / 10, 1, 100));
        }
    }

    private void pause(int failures, @Nullable Duration retryAfter) throws InterruptedException {
        long millis = backoff.apply(Math.min(failures, 1_000));
        Thread.sleep(retryAfter == null ? millis : Math.max(millis, retryAfter.toMillis()));
    }

    private void trouble(BusException trouble) {
        BusException before = lastTrouble;
        lastTrouble = trouble;
        if (before == null || before.reason() != trouble.reason()) {
            LOG.warn("event=delivery_failed consequence=\"messages are kept and sent again\"", trouble);
            callback(() -> listener.trouble(trouble));
        }
    }

    // ---- telling ----

    private void fail(long sequence, java.util.function.Function<String, BusException> why) {
        Waiting someone = waiting.remove(sequence);
        if (someone != null) {
            BusException failure = why.apply(someone.messageId());
            callback(() -> someone.receipt().completeExceptionally(failure));
        }
    }

    private boolean callback(Runnable call) {
        try {
            callbacks.execute(() -> {
                callbackThread = Thread.currentThread();
                try {
                    call.run();
                } catch (RuntimeException theirs) {
                    LOG.error("event=listener_failed", theirs);
                }
            });
            return true;
        } catch (RejectedExecutionException closing) {
            LOG.debug("event=callback_after_close");
            return false;
        }
    }

    private void expireReceipts() {
        long patience = settings.receiptWithin().toNanos();
        try {
            while (!stopping) {
                Thread.sleep(Math.clamp(settings.receiptWithin().toMillis() / 10, 1, 250));
                for (Map.Entry<Long, Waiting> oldest = waiting.firstEntry();
                        oldest != null && System.nanoTime() - oldest.getValue().since() > patience;
                        oldest = waiting.firstEntry()) {
                    BusException trouble = lastTrouble;
                    fail(
                            oldest.getKey(),
                            id -> new BusException(
                                    Reason.NOT_YET_ACKNOWLEDGED,
                                    "message " + id,
                                    "has no receipt after " + settings.receiptWithin()
                                            + (trouble == null ? "" : " (last trouble: " + trouble.getMessage() + ")"),
                                    "one within that time",
                                    "wait: it is in the buffer and is sent again; the listener hears of its end"));
                }
            }
        } catch (InterruptedException closing) {
            LOG.debug("event=sweeper_stopped");
        }
    }

    private final class BufferNews implements DiskBuffer.Observer {
        @Override
        public void dropped(DiskBuffer.Entry entry) {
            String messageId = Envelope.decode(entry.payload()).messageId();
            BusException why = new BusException(
                    Reason.DROPPED,
                    "message " + messageId,
                    "was the oldest in a full buffer",
                    "room for it",
                    "raise maxBytes, or choose another whenFull");
            fail(entry.sequence(), id -> why);
            callback(() -> listener.givenUp(messageId, why));
        }

        @Override
        public void setAside(SetAside damage) {
            callback(() -> listener.setAside(damage));
        }
    }
}
