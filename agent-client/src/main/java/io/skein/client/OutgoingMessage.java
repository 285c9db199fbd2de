package io.skein.client;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One utterance from one agent to zero or more targets. Its limits are checked by {@link AgentMessageBus#send}.
 *
 * @param messageId makes sending idempotent: the same id with the same content is recorded once
 * @param networkId the fleet; {@code default} if the agent lives in none of its own
 * @param conversationId the task the message serves
 * @param agentId the sender; the messages of one sender keep their order
 * @param targetAgents at most 1,000
 * @param timestamp the sender's clock
 * @param causationId the message that caused this one
 * @param sequence the sender's own counter
 * @param content any JSON as its text, at most 256 KiB
 * @param claims at most 64
 * @param durationMillis how long what the message reports took
 * @param metadata at most 64 entries; each value any JSON as its text
 */
public record OutgoingMessage(
        String messageId,
        String networkId,
        @Nullable String conversationId,
        String agentId,
        List<String> targetAgents,
        MessageType type,
        Instant timestamp,
        @Nullable String causationId,
        @Nullable String correlationId,
        @Nullable Long sequence,
        @Nullable String content,
        List<Claim> claims,
        @Nullable Outcome outcome,
        @Nullable Double durationMillis,
        Map<String, String> metadata) {
    public static final String DEFAULT_NETWORK = "default";

    public OutgoingMessage {
        targetAgents = List.copyOf(targetAgents);
        claims = List.copyOf(claims);
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** A request of one agent to others; the id is a random UUID and the time is now, unless set. */
    public static Builder request(String agentId, String... targets) {
        return new Builder(agentId, MessageType.REQUEST, List.of(targets));
    }

    /** An answer to others. */
    public static Builder response(String agentId, String... targets) {
        return new Builder(agentId, MessageType.RESPONSE, List.of(targets));
    }

    /** A message to whom it may concern. */
    public static Builder broadcast(String agentId, String... targets) {
        return new Builder(agentId, MessageType.BROADCAST, List.of(targets));
    }

    /** Not safe for several threads. */
    public static final class Builder {
        private final String agentId;
        private final MessageType type;
        private final List<String> targets;
        private final List<Claim> claims = new ArrayList<>();
        private final Map<String, String> metadata = new LinkedHashMap<>();
        private @Nullable String messageId;
        private String networkId = DEFAULT_NETWORK;
        private @Nullable String conversationId;
        private @Nullable Instant timestamp;
        private @Nullable String causationId;
        private @Nullable String correlationId;
        private @Nullable Long sequence;
        private @Nullable String content;
        private @Nullable Outcome outcome;
        private @Nullable Double durationMillis;

        private Builder(String agentId, MessageType type, List<String> targets) {
            this.agentId = agentId;
            this.type = type;
            this.targets = targets;
        }

        public Builder messageId(String id) {
            messageId = id;
            return this;
        }

        public Builder network(String id) {
            networkId = id;
            return this;
        }

        public Builder conversation(String id) {
            conversationId = id;
            return this;
        }

        public Builder timestamp(Instant instant) {
            timestamp = instant;
            return this;
        }

        public Builder causedBy(String causingMessageId) {
            causationId = causingMessageId;
            return this;
        }

        public Builder correlation(String id) {
            correlationId = id;
            return this;
        }

        public Builder sequence(long counter) {
            sequence = counter;
            return this;
        }

        /** A text; becomes a JSON string. */
        public Builder content(String text) {
            content = Json.quote(text);
            return this;
        }

        /** Any JSON value as its text. */
        public Builder contentJson(String json) {
            content = json;
            return this;
        }

        public Builder claim(Claim claim) {
            claims.add(claim);
            return this;
        }

        public Builder outcome(Outcome ended) {
            outcome = ended;
            return this;
        }

        public Builder durationMillis(double millis) {
            durationMillis = millis;
            return this;
        }

        /** A text; becomes a JSON string. */
        public Builder metadata(String key, String text) {
            metadata.put(key, Json.quote(text));
            return this;
        }

        /** Any JSON value as its text. */
        public Builder metadataJson(String key, String json) {
            metadata.put(key, json);
            return this;
        }

        public OutgoingMessage build() {
            return new OutgoingMessage(
                    messageId == null ? UUID.randomUUID().toString() : messageId,
                    networkId,
                    conversationId,
                    agentId,
                    targets,
                    type,
                    timestamp == null ? Instant.now() : timestamp,
                    causationId,
                    correlationId,
                    sequence,
                    content,
                    claims,
                    outcome,
                    durationMillis,
                    metadata);
        }
    }
}
