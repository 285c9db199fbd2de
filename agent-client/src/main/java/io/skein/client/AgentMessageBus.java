package io.skein.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages of agents and loses none: each is on disk before {@link #send} returns, and is sent again until it is answered, also by
 * the next process that opens the same folder. The messages of one agent arrive in the order in which they were sent. A message may
 * arrive twice where an answer was lost; its id makes that harmless. Safe for many threads.
 */
public sealed interface AgentMessageBus extends AutoCloseable permits BufferedBus {
    /**
     * Takes the message into the buffer and sends it in the background. Never throws for what is wrong with a message, the buffer or the
     * receiver: that is in the future, as a {@link BusException} that says whether the message is still on its way
     * ({@link BusException#isKept}). May wait for room in a full buffer, as configured.
     */
    CompletableFuture<Receipt> send(OutgoingMessage message);

    /** As {@link #send(OutgoingMessage)}, with a callback that gets either a receipt or an exception. */
    default void send(OutgoingMessage message, BiConsumer<@Nullable Receipt, @Nullable BusException> whenDone) {
        send(message)
                .whenComplete((receipt, failure) ->
                        whenDone.accept(receipt, failure instanceof BusException known ? known : null));
    }

    /**
     * Waits until every message sent before is acknowledged or given up, and its future and the listener have been told.
     *
     * @return false if the deadline came first; the rest stays in the buffer
     */
    boolean flush(Duration deadline) throws InterruptedException;

    BusMetrics metrics();

    /**
     * Takes no more, goes on delivering for a short while ({@link DeliverySettings#closeWithin}), then stops. What is left stays on disk
     * for the next bus on the folder.
     */
    @Override
    void close();
}
