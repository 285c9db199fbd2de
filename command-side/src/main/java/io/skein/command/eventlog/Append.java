package io.skein.command.eventlog;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** Events that must be written together or not at all, and the promise of the position of the first of them. */
final class Append {
    final List<NewEvent> events;
    final CompletableFuture<Long> firstPosition = new CompletableFuture<>();
    private final AtomicBoolean claimed = new AtomicBoolean();

    Append(List<NewEvent> events) {
        this.events = events;
    }

    /** Whoever claims first decides: the writer to write it, or the waiting command to give it up. */
    boolean claim() {
        return claimed.compareAndSet(false, true);
    }
}
