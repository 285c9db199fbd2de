package io.skein.command.bus;

import io.skein.eventlog.MessageIds;
import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.InterventionDecided;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.agent.TrustAdjusted;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
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
            case TrustAdjusted adjusted ->
                derived("trust-adjustment", adjusted.networkId(), adjusted.agentId(), adjusted.adjustmentId());
            case InterventionDecided decided ->
                derived("intervention", decided.networkId(), decided.agentId(), decided.interventionId());
            default -> null;
        };
    }

    // A digest of agent and act cannot be mistaken for a message's id by accident.
    private static UUID derived(String kind, NetworkId network, AgentId agent, String act) {
        String name = kind + "\n" + agent.value().length() + "\n" + agent.value() + "\n" + act;
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return MessageIds.eventId(network, new MessageId(HexFormat.of().formatHex(digest)));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
