package io.skein.command.ingest.a2a;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.MessageLimits;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * The members of a JSON object, each as its compact text, so that a converter can put them under other names without touching a digit. As strict as
 * {@link io.skein.command.ingest.MessageParser}. Members that are null are absent.
 */
final class JsonMembers {
    /** Envelopes lie around the message. */
    private static final int ENVELOPE_DEPTH = 8;

    private static final JsonMapper STRICT = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MessageLimits.MAX_DEPTH + ENVELOPE_DEPTH)
                            .maxNumberLength(400)
                            .maxStringLength(MessageLimits.MAX_MESSAGE_BYTES)
                            .build())
                    .build())
            .build();

    private final Map<String, JsonText> values;

    private JsonMembers(Map<String, JsonText> values) {
        this.values = values;
    }

    /** @throws RefusedException if the bytes are no JSON object, or beyond a limit */
    static JsonMembers read(byte[] bytes, int offset, int length) {
        if (length > MessageLimits.MAX_MESSAGE_BYTES) {
            throw refused(
                    Reason.TOO_LARGE,
                    "message has " + length + " bytes; expected at most " + MessageLimits.MAX_MESSAGE_BYTES);
        }
        try {
            return read(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, offset, length))
                    .toString());
        } catch (CharacterCodingException malformed) {
            throw refused(Reason.MALFORMED, "message has bytes that are no UTF-8; expected JSON in UTF-8");
        }
    }

    /** @throws RefusedException if the text is no JSON object, or beyond a limit */
    static JsonMembers read(String text) {
        try (JsonParser parser = STRICT.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw refused(Reason.INVALID, "message is no JSON object; expected one");
            }
            Map<String, JsonText> values = new LinkedHashMap<>();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                if (parser.nextToken() != JsonToken.VALUE_NULL) {
                    values.put(name, KernelJson.compactText(parser));
                }
            }
            if (parser.nextToken() != null) {
                throw refused(Reason.MALFORMED, "message is followed by something; expected one JSON object alone");
            }
            return new JsonMembers(values);
        } catch (StreamConstraintsException limit) {
            throw refused(Reason.TOO_LARGE, "message nests too deep or has a number that is too long");
        } catch (JacksonException broken) {
            throw refused(Reason.MALFORMED, "message is no JSON or has a member twice; expected one JSON object");
        }
    }

    /** Names in the sender's order. */
    List<String> names() {
        return new ArrayList<>(values.keySet());
    }

    /** Of the first of the names that is there. */
    @Nullable
    JsonText value(String... names) {
        for (String name : names) {
            JsonText value = values.get(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    boolean has(String... names) {
        return value(names) != null;
    }

    /** @throws RefusedException if it is there, but no string */
    @Nullable
    String string(String... names) {
        JsonText value = value(names);
        if (value == null) {
            return null;
        }
        if (!value.value().startsWith("\"")) {
            throw new RefusedException(new Refusal(Reason.INVALID, names[0], names[0] + " is no string; expected one"));
        }
        return KernelJson.mapper().readValue(value.value(), String.class);
    }

    /** Null if it is absent or no object. */
    @Nullable
    JsonMembers object(String... names) {
        JsonText value = value(names);
        return value != null && value.value().startsWith("{") ? read(value.value()) : null;
    }

    /** A JSON string. */
    static JsonText quoted(String value) {
        return new JsonText(KernelJson.mapper().writeValueAsString(value));
    }

    /** An object of these members, in their order. */
    static String object(Map<String, JsonText> members) {
        StringBuilder object = new StringBuilder("{");
        members.forEach((name, value) -> object.append(object.length() == 1 ? "" : ",")
                .append(quoted(name).value())
                .append(':')
                .append(value.value()));
        return object.append('}').toString();
    }

    private static RefusedException refused(Reason reason, String detail) {
        return new RefusedException(new Refusal(reason, "", detail));
    }
}
