package io.skein.command.ingest;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Counts what is being recorded, by messages and by bytes, and makes newcomers wait or go. Thread-safe. */
final class InFlight {
    private static final int UNIT_BYTES = 1024;

    private final int maxMessages;
    private final int maxUnits;
    private final long waitNanos;
    private final Semaphore messages;
    private final Semaphore units;

    InFlight(IngestSettings settings) {
        maxMessages = settings.maxMessagesInFlight();
        maxUnits = Math.toIntExact(Math.max(1, settings.maxBytesInFlight().toBytes() / UNIT_BYTES));
        waitNanos = settings.overloadWait().toNanos();
        messages = new Semaphore(maxMessages, true);
        units = new Semaphore(maxUnits, true);
    }

    /** Room that was taken; closing gives it back. */
    final class Room implements AutoCloseable {
        private final boolean granted;
        private final int takenMessages;
        private final int takenUnits;

        private Room(boolean granted, int takenMessages, int takenUnits) {
            this.granted = granted;
            this.takenMessages = takenMessages;
            this.takenUnits = takenUnits;
        }

        boolean isGranted() {
            return granted;
        }

        @Override
        public void close() {
            if (granted) {
                messages.release(takenMessages);
                units.release(takenUnits);
            }
        }
    }

    /** Takes room for a batch; one that is larger than all there is takes all of it. */
    Room take(int count, long bytes) {
        int wantedMessages = Math.min(count, maxMessages);
        int wantedUnits = (int) Math.min(bytes / UNIT_BYTES + 1, maxUnits);
        long deadline = System.nanoTime() + waitNanos;
        try {
            if (messages.tryAcquire(wantedMessages, waitNanos, TimeUnit.NANOSECONDS)) {
                if (units.tryAcquire(wantedUnits, Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                    return new Room(true, wantedMessages, wantedUnits);
                }
                messages.release(wantedMessages);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return new Room(false, 0, 0);
    }
}
