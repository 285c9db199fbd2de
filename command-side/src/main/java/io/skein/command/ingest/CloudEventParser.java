package io.skein.command.ingest;

import io.skein.command.ingest.Parsed.NotUnderstood;
import io.skein.command.ingest.Parsed.Understood;
import io.skein.eventlog.KernelJson;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.MessageLimits;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Turns CloudEvents 1.0 into messages. The data is the message; what it leaves out is taken from the attributes: its id from source and id, its sender from
 * source, its type from the last word of type, its timestamp from time. Data that is no JSON object is the content. Thread-safe.
 */
public final class CloudEventParser {
    private static final String DATA = "data";
    private static final String DATA_BASE64 = "data_base64";
    private static final Map<String, Field> EXTENSIONS = Map.of(
            "conversationid", Field.CONVERSATION_ID,
            "causationid", Field.CAUSATION_ID,
            "correlationid", Field.CORRELATION_ID,
            "networkid", Field.NETWORK_ID);
    private static final Set<String> USED =
            Set.of("specversion", "id", "source", "type", "time", "datacontenttype", DATA);

    private final MessageParser messages;

    public CloudEventParser(MessageParser messages) {
        this.messages = messages;
    }

    /** One event as one JSON object, attributes and data in it. */
    public Parsed structured(byte[] bytes, int offset, int length) {
        return parsed(
                () -> {
                    Map<String, JsonText> event = members(bytes, offset, length);
                    JsonText data = event.get(DATA);
                    JsonText encoded = event.remove(DATA_BASE64);
                    return encoded == null ? merged(event, data) : merged(event, decoded(encoded));
                },
                length);
    }

    /** @param attributes by name, without their prefix */
    public Parsed binary(Map<String, String> attributes, byte[] data) {
        return parsed(
                () -> {
                    Map<String, JsonText> event = new LinkedHashMap<>();
                    attributes.forEach((name, value) ->
                            event.put(name, new JsonText(KernelJson.mapper().writeValueAsString(value))));
                    return merged(event, data.length == 0 ? null : value(data, 0, data.length));
                },
                data.length);
    }

    private interface Reading {
        String json();
    }

    private Parsed parsed(Reading reading, int length) {
        try {
            byte[] json = reading.json().getBytes(StandardCharsets.UTF_8);
            return switch (messages.parse(json)) {
                case Understood understood -> new Understood(understood.message(), length);
                case NotUnderstood refused -> refused;
            };
        } catch (RefusedException refused) {
            return new NotUnderstood(refused.refusal(), null, null);
        }
    }

    private static String merged(Map<String, JsonText> event, @Nullable JsonText data) {
        if (!"1.0".equals(text(event, "specversion"))) {
            throw invalid("specversion", "specversion is missing or not known; expected \"1.0\"");
        }
        String id = required(event, "id");
        String source = required(event, "source");
        String type = required(event, "type");
        Map<String, JsonText> message = new LinkedHashMap<>();
        if (data != null && data.value().startsWith("{")) {
            byte[] json = data.value().getBytes(StandardCharsets.UTF_8);
            message.putAll(members(json, 0, json.length));
        } else if (data != null) {
            message.put(Field.CONTENT.path(), data);
        }
        fill(message, Field.MESSAGE_ID, string(source + "/" + id));
        fill(message, Field.AGENT_ID, string(source));
        fill(message, Field.TYPE, string(type.substring(type.lastIndexOf('.') + 1)));
        JsonText time = event.get("time");
        if (time != null) {
            fill(message, Field.TIMESTAMP, time);
        }
        event.forEach((name, value) -> {
            Field field = EXTENSIONS.get(name);
            if (field != null) {
                fill(message, field, value);
            } else if (!USED.contains(name) && Field.named(name) == null) {
                message.putIfAbsent(name, value);
            }
        });
        StringJoiner json = new StringJoiner(",", "{", "}");
        message.forEach((name, value) -> json.add(string(name).value() + ":" + value.value()));
        return json.toString();
    }

    private static void fill(Map<String, JsonText> message, Field field, JsonText value) {
        boolean given = message.keySet().stream().anyMatch(name -> {
            Field.Alias alias = Field.named(name);
            return alias != null && alias.field() == field;
        });
        if (!given) {
            message.put(field.path(), value);
        }
    }

    private static Map<String, JsonText> members(byte[] bytes, int offset, int length) {
        return MessageParser.strictly(bytes, offset, length, CloudEventParser::members, () -> "");
    }

    private static Map<String, JsonText> members(JsonParser parser) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw invalid("", "cloud event is no JSON object; expected one");
        }
        Map<String, JsonText> members = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            members.put(paired(name), paired(KernelJson.compactText(parser)));
        }
        requireEnd(parser);
        return members;
    }

    private static JsonText value(byte[] bytes, int offset, int length) {
        return MessageParser.strictly(
                bytes,
                offset,
                length,
                parser -> {
                    if (parser.nextToken() == null) {
                        throw invalid(DATA, "data is empty; expected JSON");
                    }
                    JsonText value = paired(KernelJson.compactText(parser));
                    requireEnd(parser);
                    return value;
                },
                () -> DATA);
    }

    private static JsonText paired(JsonText text) {
        paired(text.value());
        return text;
    }

    /** Half a character would become another one on its way through UTF-8. */
    private static String paired(String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new RefusedException(new Refusal(
                    Reason.MALFORMED,
                    "",
                    "message has an unpaired surrogate; expected characters that UTF-8 can carry"));
        }
        return text;
    }

    private static void requireEnd(JsonParser parser) {
        if (parser.nextToken() != null) {
            throw new RefusedException(new Refusal(
                    Reason.MALFORMED, "", "message is followed by something; expected one JSON value alone"));
        }
    }

    private static JsonText decoded(JsonText encoded) {
        String text = text(encoded);
        try {
            byte[] bytes = Base64.getDecoder().decode(text == null ? "" : text);
            return value(bytes, 0, bytes.length);
        } catch (IllegalArgumentException noBase64) {
            throw invalid(DATA_BASE64, "data_base64 is no base64; expected JSON in base64");
        }
    }

    private static String required(Map<String, JsonText> event, String name) {
        String value = text(event, name);
        if (value == null || value.isEmpty() || value.length() > MessageLimits.MAX_METADATA_VALUE_BYTES) {
            throw invalid(name, name + " is missing or no string of moderate length; it is required");
        }
        return value;
    }

    private static @Nullable String text(Map<String, JsonText> event, String name) {
        JsonText value = event.get(name);
        return value == null ? null : text(value);
    }

    private static @Nullable String text(JsonText value) {
        return value.value().startsWith("\"") ? KernelJson.mapper().readValue(value.value(), String.class) : null;
    }

    private static JsonText string(String value) {
        return new JsonText(KernelJson.mapper().writeValueAsString(value));
    }

    private static RefusedException invalid(String field, String detail) {
        return new RefusedException(new Refusal(Reason.INVALID, field, detail));
    }
}
