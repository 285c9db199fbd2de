package io.skein.kernel.id;

/** Names an agent, unique within its network. 1 to 256 printable characters. */
public record AgentId(String value) implements Id, Comparable<AgentId> {

    /** @throws IllegalArgumentException if the value is not 1 to 256 printable characters */
    public AgentId {
        Ids.check("AgentId", value);
    }

    @Override
    public int compareTo(AgentId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
