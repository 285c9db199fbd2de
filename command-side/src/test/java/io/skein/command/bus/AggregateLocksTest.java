package io.skein.command.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.axonframework.common.lock.Lock;
import org.axonframework.common.lock.LockAcquisitionFailedException;
import org.junit.jupiter.api.Test;

class AggregateLocksTest {
    @Test
    void one_at_a_time_for_each_aggregate_and_nothing_stays_behind() throws Exception {
        AggregateLocks locks = new AggregateLocks(Duration.ofSeconds(30));
        int[] counts = new int[3];
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int task = 0; task < 3_000; task++) {
                int aggregate = task % counts.length;
                running.add(threads.submit(() -> {
                    try (Lock held = locks.obtainLock("a-" + aggregate)) {
                        int seen = counts[aggregate];
                        Thread.yield();
                        counts[aggregate] = seen + 1;
                        assertThat(held.isHeld()).isTrue();
                    }
                }));
            }
            for (Future<?> task : running) {
                task.get();
            }
        }
        assertThat(counts).containsOnly(1_000);
        assertThat(locks.size()).isZero();
    }

    @Test
    void a_thread_that_holds_it_may_take_it_again() {
        AggregateLocks locks = new AggregateLocks(Duration.ofMillis(1));
        Lock outer = locks.obtainLock("a");
        locks.obtainLock("a").release();

        assertThat(outer.isHeld()).isTrue();
        outer.release();
        outer.release();
        assertThat(locks.size()).isZero();
    }

    @Test
    void nobody_waits_longer_than_the_patience() throws Exception {
        AggregateLocks locks = new AggregateLocks(Duration.ofMillis(20));
        Lock held = locks.obtainLock("a");
        try (ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> waiting = other.submit(() -> locks.obtainLock("a"));

            assertThatThrownBy(waiting::get)
                    .hasCauseInstanceOf(LockAcquisitionFailedException.class)
                    .hasMessageContaining("aggregate a was worked on");
        }
        held.release();
        assertThat(locks.size()).isZero();
    }
}
