package io.skein.command.ingest;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** JSON with its members sorted by name: equal for values that differ only in the order of members. */
final class CanonicalJson {
    private CanonicalJson() {}

    static JsonText of(JsonText text) {
        try (JsonParser parser = KernelJson.mapper().createParser(text.value())) {
            parser.nextToken();
            return new JsonText(value(parser));
        }
    }

    /** The message with content and metadata in canonical form. */
    static Message of(Message message) {
        Map<String, JsonText> metadata = new LinkedHashMap<>();
        new TreeMap<>(message.metadata()).forEach((name, value) -> metadata.put(name, of(value)));
        @Nullable JsonText content = message.content();
        return new Message(
                message.messageId(),
                message.networkId(),
                message.conversationId(),
                message.agentId(),
                message.targetAgents(),
                message.type(),
                message.timestamp(),
                content == null ? null : of(content),
                message.causationId(),
                message.correlationId(),
                message.sequence(),
                message.claims(),
                message.outcome(),
                message.durationMillis(),
                metadata);
    }

    /** Whether both say the same. */
    static boolean same(Message one, Message other) {
        return one.equals(other)
                || (one.messageId().equals(other.messageId())
                        && one.timestamp().equals(other.timestamp())
                        && of(one).equals(of(other)));
    }

    private static String value(JsonParser parser) {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            TreeMap<String, String> members = new TreeMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                members.put(name, value(parser));
            }
            StringJoiner object = new StringJoiner(",", "{", "}");
            members.forEach((name, value) -> object.add(quoted(name) + ":" + value));
            return object.toString();
        }
        if (token == JsonToken.START_ARRAY) {
            StringJoiner array = new StringJoiner(",", "[", "]");
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                array.add(value(parser));
            }
            return array.toString();
        }
        return token == JsonToken.VALUE_STRING ? quoted(parser.getString()) : parser.getString();
    }

    private static String quoted(String value) {
        return KernelJson.mapper().writeValueAsString(value);
    }
}
