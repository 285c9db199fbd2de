package io.skein.client;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/** The little JSON that a sender needs, streaming. */
final class Json {
    static final int MAX_DEPTH = 64;
    static final int MAX_NUMBER_CHARACTERS = 400;

    static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER_CHARACTERS)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Json() {}

    static JsonGenerator writer(StringWriter out) {
        return FACTORY.createGenerator(ObjectWriteContext.empty(), out);
    }

    static String quote(String text) {
        StringWriter out = new StringWriter(text.length() + 2);
        try (JsonGenerator generator = writer(out)) {
            generator.writeString(text);
        }
        return out.toString();
    }

    /**
     * The same value without white space; numbers keep their digits, members their order.
     *
     * @throws JacksonException if the text is not exactly one JSON value, repeats a member, nests deeper or has an endless number
     */
    static String compact(String json, int maxDepth) {
        StringWriter out = new StringWriter(json.length());
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json);
                JsonGenerator generator = writer(out)) {
            boolean any = false;
            int depth = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (any && depth == 0) {
                    throw new StreamReadException(parser, "more than one value");
                }
                any = true;
                if (depth == maxDepth && (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY)) {
                    throw new StreamReadException(parser, "nests deeper than " + maxDepth);
                }
                switch (token) {
                    case START_OBJECT -> {
                        generator.writeStartObject();
                        depth++;
                    }
                    case END_OBJECT -> {
                        generator.writeEndObject();
                        depth--;
                    }
                    case START_ARRAY -> {
                        generator.writeStartArray();
                        depth++;
                    }
                    case END_ARRAY -> {
                        generator.writeEndArray();
                        depth--;
                    }
                    case PROPERTY_NAME -> generator.writeName(parser.currentName());
                    case VALUE_STRING -> generator.writeString(parser.getString());
                    case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> generator.writeNumber(parser.getString());
                    case VALUE_TRUE -> generator.writeBoolean(true);
                    case VALUE_FALSE -> generator.writeBoolean(false);
                    case VALUE_NULL -> generator.writeNull();
                    case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                        throw new StreamReadException(parser, "unexpected " + token);
                }
            }
            if (!any) {
                throw new StreamReadException(parser, "no value");
            }
        }
        return out.toString();
    }

    /** Objects as maps, arrays as lists, numbers as {@link Number}. */
    static @Nullable Object parse(String json) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            parser.nextToken();
            return value(parser);
        }
    }

    private static @Nullable Object value(JsonParser parser) {
        JsonToken token = parser.currentToken();
        if (token == null) {
            return null;
        }
        return switch (token) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> object = new LinkedHashMap<>();
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    object.put(name, value(parser));
                }
                yield object;
            }
            case START_ARRAY -> {
                List<@Nullable Object> array = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(value(parser));
                }
                yield array;
            }
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            case VALUE_NULL, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT, END_ARRAY, END_OBJECT, PROPERTY_NAME -> null;
        };
    }
}
