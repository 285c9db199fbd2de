package io.skein.kernel.agent;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.Message;
import java.time.Instant;
import org.axonframework.serialization.Revision;

/**
 * A message was said and let through.
 *
 * @param recordedAt Skein's clock when it was decided
 */
@Revision("1")
public record MessageRecorded(Message message, Instant recordedAt) implements AgentEvent {
    @Override
    public NetworkId networkId() {
        return message.networkId();
    }

    @Override
    public AgentId agentId() {
        return message.agentId();
    }
}
