package io.skein.client;

import io.skein.client.BusException.Reason;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/**
 * A message as it waits in the buffer: what the courier needs to know, and the JSON that is sent, byte for byte the same at every attempt.
 *
 * @param json UTF-8
 */
record Envelope(String messageId, String agentId, byte[] json) {
    /** @throws BusException if a rule is broken */
    static Envelope of(OutgoingMessage message) {
        MessageRules.check(message);
        StringWriter out = new StringWriter(256);
        try (JsonGenerator json = Json.writer(out)) {
            write(message, json);
        }
        byte[] bytes = utf8(message, out);
        if (bytes.length > MessageRules.MAX_MESSAGE_BYTES) {
            throw MessageRules.tooLarge(
                    "message " + message.messageId(), "the whole of it", bytes.length, MessageRules.MAX_MESSAGE_BYTES);
        }
        return new Envelope(message.messageId(), message.agentId(), bytes);
    }

    byte[] encode() {
        byte[] id = messageId.getBytes(StandardCharsets.UTF_8);
        byte[] agent = agentId.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(4 + id.length + agent.length + json.length);
        bytes.putShort((short) id.length).put(id);
        bytes.putShort((short) agent.length).put(agent);
        return bytes.put(json).array();
    }

    static Envelope decode(byte[] payload) {
        ByteBuffer bytes = ByteBuffer.wrap(payload);
        String id = string(bytes);
        String agent = string(bytes);
        byte[] json = new byte[bytes.remaining()];
        bytes.get(json);
        return new Envelope(id, agent, json);
    }

    private static String string(ByteBuffer bytes) {
        byte[] text = new byte[Short.toUnsignedInt(bytes.getShort())];
        bytes.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private static void write(OutgoingMessage message, JsonGenerator json) {
        json.writeStartObject();
        json.writeStringProperty("messageId", message.messageId());
        json.writeStringProperty("networkId", message.networkId());
        if (message.conversationId() != null) {
            json.writeStringProperty("conversationId", message.conversationId());
        }
        json.writeStringProperty("agentId", message.agentId());
        json.writeName("targetAgents");
        json.writeStartArray();
        message.targetAgents().forEach(json::writeString);
        json.writeEndArray();
        json.writeStringProperty("type", message.type().word());
        json.writeStringProperty("timestamp", message.timestamp().toString());
        if (message.causationId() != null) {
            json.writeStringProperty("causationId", message.causationId());
        }
        if (message.correlationId() != null) {
            json.writeStringProperty("correlationId", message.correlationId());
        }
        Long sequence = message.sequence();
        if (sequence != null) {
            json.writeNumberProperty("sequence", sequence);
        }
        String content = MessageRules.content(message);
        if (content != null) {
            json.writeName("content");
            json.writeRawValue(content);
        }
        if (!message.claims().isEmpty()) {
            json.writeName("claims");
            json.writeStartArray();
            message.claims().forEach(claim -> write(claim, json));
            json.writeEndArray();
        }
        if (message.outcome() != null) {
            json.writeStringProperty("outcome", message.outcome().word());
        }
        Double duration = message.durationMillis();
        if (duration != null) {
            json.writeNumberProperty("durationMillis", duration);
        }
        if (!message.metadata().isEmpty()) {
            json.writeName("metadata");
            json.writeStartObject();
            for (Map.Entry<String, String> entry : message.metadata().entrySet()) {
                json.writeName(entry.getKey());
                json.writeRawValue(MessageRules.metadata(message, entry));
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void write(Claim claim, JsonGenerator json) {
        json.writeStartObject();
        json.writeStringProperty("resource", claim.resource());
        json.writeStringProperty("action", claim.action().word());
        json.writeNumberProperty("amount", claim.amount());
        if (claim.unit() != null) {
            json.writeStringProperty("unit", claim.unit());
        }
        Integer priority = claim.priority();
        if (priority != null) {
            json.writeNumberProperty("priority", priority);
        }
        json.writeEndObject();
    }

    private static byte[] utf8(OutgoingMessage message, StringWriter out) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(out.getBuffer()));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException unpaired) {
            throw new BusException(
                            Reason.MALFORMED,
                            "message " + message.messageId(),
                            "has half of a surrogate pair in its content or metadata",
                            "text that UTF-8 can carry",
                            "cut texts between characters, not inside them")
                    .causedBy(unpaired);
        }
    }
}
