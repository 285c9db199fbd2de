package io.skein.standalone.demo;

import java.util.Comparator;
import java.util.PriorityQueue;

/** What happens next in simulated time. Equal times keep the order in which they were planned. */
final class Agenda {
    private record Entry(long atMillis, long order, Runnable action) {}

    private final PriorityQueue<Entry> entries =
            new PriorityQueue<>(Comparator.comparingLong(Entry::atMillis).thenComparingLong(Entry::order));
    private long order;
    private long nowMillis;

    /** Simulated milliseconds since the start. */
    long nowMillis() {
        return nowMillis;
    }

    void at(long atMillis, Runnable action) {
        entries.add(new Entry(Math.max(atMillis, nowMillis), order++, action));
    }

    void after(long millis, Runnable action) {
        at(nowMillis + Math.max(0, millis), action);
    }

    /** Goes to the next entry's time and does it. */
    void step() {
        Entry next = entries.remove();
        nowMillis = next.atMillis;
        next.action.run();
    }
}
