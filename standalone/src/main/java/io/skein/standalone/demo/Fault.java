package io.skein.standalone.demo;

import io.skein.kernel.alert.Pattern;
import io.skein.kernel.id.AgentId;
import java.time.Instant;
import java.util.List;

/**
 * A fault that the fleet really has: the truth that detectors are held against. Never told in a message.
 *
 * @param agents who is in it, the guilty one first
 */
public record Fault(Pattern pattern, List<AgentId> agents, Instant from, Instant until) {
    public Fault {
        agents = List.copyOf(agents);
    }
}
