package io.skein.command.quarantine;

import io.skein.kernel.id.AgentKey;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The agents in quarantine, for decisions about messages that are for them. An agent's own record decides whether it may speak; this only says whom it would
 * reach, and is behind the log by what this node has not read yet. Thread-safe.
 */
public final class QuarantinedAgents {
    private final Map<AgentKey, Instant> until = new ConcurrentHashMap<>();

    /** Whether the agent is in quarantine then. */
    public boolean contains(AgentKey agent, Instant now) {
        if (until.isEmpty()) {
            return false;
        }
        Instant end = until.get(agent);
        return end != null && now.isBefore(end);
    }

    /** @param end null: until released */
    public void add(AgentKey agent, @Nullable Instant end) {
        until.put(agent, end == null ? Instant.MAX : end);
    }

    public void remove(AgentKey agent) {
        until.remove(agent);
    }

    /** Nobody is in quarantine as far as is known. */
    public void clear() {
        until.clear();
    }
}
