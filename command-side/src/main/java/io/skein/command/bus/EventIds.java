package io.skein.command.bus;

import io.skein.eventlog.MessageIds;
import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.agent.TrustAdjusted;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.message.Message;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.BiFunction;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.messaging.MessageDispatchInterceptor;
import org.jspecify.annotations.Nullable;

/**
 * Gives facts that may be in the log only once an id derived from what makes them one: then the log itself refuses the second, whichever node or door
 * it comes from. All others keep their random id.
 */
final class EventIds implements MessageDispatchInterceptor<EventMessage<?>> {
    @Override
    public BiFunction<Integer, EventMessage<?>, EventMessage<?>> handle(List<? extends EventMessage<?>> messages) {
        return (index, event) -> {
            UUID derived = derivedId(event.getPayload());
            if (derived == null || !(event instanceof DomainEventMessage<?> fact)) {
                return event;
            }
            return new GenericDomainEventMessage<>(
                    fact.getType(),
                    fact.getAggregateIdentifier(),
                    fact.getSequenceNumber(),
                    fact.getPayload(),
                    fact.getMetaData(),
                    derived.toString(),
                    fact.getTimestamp());
        };
    }

    private static @Nullable UUID derivedId(Object payload) {
        if (!(payload instanceof AgentEvent event)) {
            return null;
        }
        return switch (event) {
            case MessageRecorded(Message message, var at) ->
                MessageIds.eventId(message.networkId(), message.messageId());
            case MessageBlocked(Message message, var reason, var at) ->
                MessageIds.eventId(message.networkId(), message.messageId());
            case TrustAdjusted adjusted -> adjustmentId(adjusted);
            default -> null;
        };
    }

    // A digest of agent and adjustment cannot be mistaken for a message's id by accident.
    private static UUID adjustmentId(TrustAdjusted adjusted) {
        String name = "trust-adjustment\n" + adjusted.agentId().value().length() + "\n"
                + adjusted.agentId().value() + "\n" + adjusted.adjustmentId();
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return MessageIds.eventId(
                    adjusted.networkId(), new MessageId(HexFormat.of().formatHex(digest)));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
