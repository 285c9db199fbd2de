package io.skein.kernel.agent;

import io.skein.kernel.id.AgentKey;
import io.skein.kernel.message.Message;
import java.util.List;
import org.axonframework.modelling.command.TargetAggregateIdentifier;

/**
 * Record several messages of one agent, in their order, in one transaction: all or none. A door makes it from its batch, so that an agent
 * that sends much does not wait for one durable commit a message.
 *
 * @param messages at least one, all sent by {@code agent}, no id twice
 */
public record RecordMessages(@TargetAggregateIdentifier AgentKey agent, List<Message> messages)
        implements AgentCommand {
    /** @throws IllegalArgumentException if a message has another sender */
    public RecordMessages {
        messages = List.copyOf(messages);
        for (Message message : messages) {
            if (!message.sender().equals(agent)) {
                throw new IllegalArgumentException(
                        "message " + message.messageId() + " was sent by " + message.sender() + "; expected " + agent);
            }
        }
    }
}
