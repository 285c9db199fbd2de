package io.skein.kernel.id;

/** Names a message, unique within its network; makes sending idempotent. 1 to 256 printable characters. */
public record MessageId(String value) implements Id, Comparable<MessageId> {

    /** @throws IllegalArgumentException if the value is not 1 to 256 printable characters */
    public MessageId {
        Ids.check("MessageId", value);
    }

    @Override
    public int compareTo(MessageId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
