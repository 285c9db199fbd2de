package io.skein.kernel.agent;

import io.skein.kernel.id.AgentKey;
import io.skein.kernel.message.Message;
import org.axonframework.modelling.command.TargetAggregateIdentifier;

/** Record what an agent said. Idempotent by the message's id. */
public record RecordMessage(@TargetAggregateIdentifier AgentKey agent, Message message) implements AgentCommand {
    public RecordMessage(Message message) {
        this(message.sender(), message);
    }
}
