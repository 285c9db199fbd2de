package io.skein.kernel.agent;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.Message;
import java.time.Instant;
import org.axonframework.serialization.Revision;

/**
 * A message was said and blocked.
 *
 * @param reason stable code: {@code SENDER_QUARANTINED} or {@code TARGETS_QUARANTINED}
 * @param recordedAt Skein's clock when it was decided
 */
@Revision("1")
public record MessageBlocked(Message message, String reason, Instant recordedAt) implements AgentEvent {
    @Override
    public NetworkId networkId() {
        return message.networkId();
    }

    @Override
    public AgentId agentId() {
        return message.agentId();
    }
}
