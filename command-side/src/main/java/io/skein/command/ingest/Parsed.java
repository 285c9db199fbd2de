package io.skein.command.ingest;

import io.skein.kernel.message.Message;
import io.skein.kernel.problem.Refusal;
import org.jspecify.annotations.Nullable;

/** What the parser made of somebody's bytes. */
public sealed interface Parsed {
    /** @param bytes length as sent */
    record Understood(Message message, int bytes) implements Parsed {}

    /**
     * No message.
     *
     * @param networkId as far as it could be read, perhaps no valid id
     * @param messageId as far as it could be read, perhaps no valid id
     */
    record NotUnderstood(
            Refusal refusal,
            @Nullable String networkId,
            @Nullable String messageId) implements Parsed {}
}
