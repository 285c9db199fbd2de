package io.skein.kernel.id;

/** Names a conversation: messages that serve one task. 1 to 256 printable characters. */
public record ConversationId(String value) implements Id, Comparable<ConversationId> {

    /** @throws IllegalArgumentException if the value is not 1 to 256 printable characters */
    public ConversationId {
        Ids.check("ConversationId", value);
    }

    @Override
    public int compareTo(ConversationId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
