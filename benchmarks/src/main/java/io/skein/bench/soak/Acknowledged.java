package io.skein.bench.soak;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What the doors have said yes to. Each agent numbers its messages from 0, so a count says which they are. Thread-safe. */
public final class Acknowledged {
    private final Map<String, Long> counts = new ConcurrentHashMap<>();

    /** The agent's message with this number was acknowledged, and every one before it. */
    public void upTo(String agent, long number) {
        counts.merge(agent, number + 1, Math::max);
    }

    public long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** How many messages of each agent. */
    public Map<String, Long> byAgent() {
        return new TreeMap<>(counts);
    }

    /** The id of an agent's message. */
    public static String messageId(String agent, long number) {
        return agent + "#" + number;
    }
}
