package io.skein.command.ingest;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The members of a message, and the names under which they come. */
enum Field {
    MESSAGE_ID("messageId"),
    NETWORK_ID("networkId"),
    CONVERSATION_ID("conversationId"),
    AGENT_ID("agentId"),
    TARGET_AGENTS("targetAgents"),
    TYPE("type"),
    TIMESTAMP("timestamp"),
    CONTENT("content"),
    CAUSATION_ID("causationId"),
    CORRELATION_ID("correlationId"),
    SEQUENCE("sequence"),
    CLAIMS("claims"),
    OUTCOME("outcome"),
    DURATION_MILLIS("durationMillis"),
    METADATA("metadata"),
    INTENTION("intention"),
    RESOURCE_TYPE("resource_type"),
    REQUESTED_AMOUNT("requested_amount"),
    PRIORITY_LEVEL("priority_level");

    private static final Map<String, Alias> BY_NAME = Map.ofEntries(
            ours(MESSAGE_ID),
            ours(NETWORK_ID),
            ours(CONVERSATION_ID),
            ours(AGENT_ID),
            ours(TARGET_AGENTS),
            ours(TYPE),
            ours(TIMESTAMP),
            ours(CONTENT),
            ours(CAUSATION_ID),
            ours(CORRELATION_ID),
            ours(SEQUENCE),
            ours(CLAIMS),
            ours(OUTCOME),
            ours(DURATION_MILLIS),
            ours(METADATA),
            older("message_id", MESSAGE_ID),
            older("network_id", NETWORK_ID),
            older("conversation_id", CONVERSATION_ID),
            older("agent_id", AGENT_ID),
            older("sender_id", AGENT_ID),
            older("target_agents", TARGET_AGENTS),
            older("receiver_id", TARGET_AGENTS),
            older("message_type", TYPE),
            older("causation_id", CAUSATION_ID),
            older("correlation_id", CORRELATION_ID),
            older("duration_millis", DURATION_MILLIS),
            older("intention", INTENTION),
            older("resource_type", RESOURCE_TYPE),
            older("requested_amount", REQUESTED_AMOUNT),
            older("priority_level", PRIORITY_LEVEL));

    /**
     * A name under which a field comes.
     *
     * @param older whether only the older, snake-case dialect has it
     */
    record Alias(Field field, boolean older) {}

    private final String name;

    Field(String name) {
        this.name = name;
    }

    /** How errors name it. */
    String path() {
        return name;
    }

    static @Nullable Alias named(String name) {
        return BY_NAME.get(name);
    }

    private static Map.Entry<String, Alias> ours(Field field) {
        return Map.entry(field.name, new Alias(field, false));
    }

    private static Map.Entry<String, Alias> older(String name, Field field) {
        return Map.entry(name, new Alias(field, true));
    }
}
