package io.skein.command.ingest.otlp;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.skein.eventlog.KernelJson;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.MessageLimits;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/** Attribute values as JSON. */
final class AttributeJson {
    private static final JsonMapper STRICT = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MessageLimits.MAX_DEPTH)
                            .maxNumberLength(400)
                            .maxStringLength(MessageLimits.MAX_MESSAGE_BYTES)
                            .build())
                    .build())
            .build();

    private AttributeJson() {}

    /** A structured value as it is; a text that holds a JSON object or array as that, any other text as a string. Null: nests too deep. */
    static @Nullable JsonText content(AnyValue value) {
        if (value.getValueCase() == AnyValue.ValueCase.STRING_VALUE) {
            JsonText held = held(value.getStringValue());
            return held != null ? held : string(value.getStringValue());
        }
        return json(value);
    }

    /** Null: nests too deep. */
    static @Nullable JsonText json(AnyValue value) {
        if (depth(value, 0) > MessageLimits.MAX_DEPTH) {
            return null;
        }
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = KernelJson.mapper().createGenerator(text)) {
            write(value, generator);
        }
        return new JsonText(text.toString());
    }

    static JsonText string(String value) {
        return new JsonText(KernelJson.mapper().writeValueAsString(value));
    }

    static int bytes(JsonText text) {
        return text.value().getBytes(StandardCharsets.UTF_8).length;
    }

    private static @Nullable JsonText held(String text) {
        String trimmed = text.strip();
        if (!trimmed.startsWith("{") && !trimmed.startsWith("[")) {
            return null;
        }
        try (JsonParser parser = STRICT.createParser(trimmed)) {
            parser.nextToken();
            JsonText compact = KernelJson.compactText(parser);
            // An escaped surrogate without its other half is JSON, but no text.
            boolean whole = StandardCharsets.UTF_8.newEncoder().canEncode(compact.value());
            return parser.nextToken() == null && whole ? compact : null;
        } catch (JacksonException noJson) {
            return null;
        }
    }

    private static int depth(AnyValue value, int above) {
        if (above > MessageLimits.MAX_DEPTH) {
            return above;
        }
        int deepest = above;
        switch (value.getValueCase()) {
            case ARRAY_VALUE -> {
                deepest = above + 1;
                for (AnyValue element : value.getArrayValue().getValuesList()) {
                    deepest = Math.max(deepest, depth(element, above + 1));
                }
            }
            case KVLIST_VALUE -> {
                deepest = above + 1;
                for (KeyValue member : value.getKvlistValue().getValuesList()) {
                    deepest = Math.max(deepest, depth(member.getValue(), above + 1));
                }
            }
            default -> {}
        }
        return deepest;
    }

    private static void write(AnyValue value, JsonGenerator generator) {
        switch (value.getValueCase()) {
            case STRING_VALUE -> generator.writeString(value.getStringValue());
            case BOOL_VALUE -> generator.writeBoolean(value.getBoolValue());
            case INT_VALUE -> generator.writeNumber(value.getIntValue());
            case DOUBLE_VALUE -> {
                if (Double.isFinite(value.getDoubleValue())) {
                    generator.writeNumber(value.getDoubleValue());
                } else {
                    generator.writeString(Double.toString(value.getDoubleValue()));
                }
            }
            case BYTES_VALUE ->
                generator.writeString(java.util.Base64.getEncoder()
                        .encodeToString(value.getBytesValue().toByteArray()));
            case ARRAY_VALUE -> {
                generator.writeStartArray();
                value.getArrayValue().getValuesList().forEach(element -> write(element, generator));
                generator.writeEndArray();
            }
            case KVLIST_VALUE -> {
                generator.writeStartObject();
                java.util.Map<String, AnyValue> members = new java.util.LinkedHashMap<>();
                value.getKvlistValue()
                        .getValuesList()
                        .forEach(member -> members.put(member.getKey(), member.getValue()));
                members.forEach((name, member) -> {
                    generator.writeName(name);
                    write(member, generator);
                });
                generator.writeEndObject();
            }
            default -> generator.writeNull();
        }
    }
}
