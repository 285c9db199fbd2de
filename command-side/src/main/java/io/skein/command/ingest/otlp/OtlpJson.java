package io.skein.command.ingest.otlp;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.skein.kernel.message.MessageLimits;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads OTLP's JSON: protobuf's, but ids in hexadecimal and unknown members passed over. Events, links and dropped counts of spans are not read. Limits
 * on depth, numbers and repeated members hold; the size was limited before.
 */
final class OtlpJson {
    private static final int MAX_STRING = 32 << 20;
    private static final int ENVELOPE_DEPTH = 16;
    private static final JsonMapper STRICT = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            // Each level of an attribute's value is three of OTLP's JSON.
                            .maxNestingDepth(ENVELOPE_DEPTH + 3 * MessageLimits.MAX_DEPTH)
                            .maxNumberLength(400)
                            .maxStringLength(MAX_STRING)
                            .build())
                    .build())
            .build();

    private OtlpJson() {}

    /** @throws RefusedException if the bytes are no export of spans */
    static ExportTraceServiceRequest read(byte[] json) {
        // The parser lets overlong forms and halves of pairs pass.
        if (!UnsafeByteOperations.unsafeWrap(json).isValidUtf8()) {
            throw malformed("body has bytes that are no UTF-8; expected JSON in UTF-8");
        }
        try (JsonParser parser = STRICT.createParser(json)) {
            parser.nextToken();
            ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
            object(parser, name -> {
                if (name.equals("resourceSpans")) {
                    array(parser, () -> request.addResourceSpans(resourceSpans(parser)));
                } else {
                    parser.skipChildren();
                }
            });
            if (parser.nextToken() != null) {
                throw malformed("body goes on behind the export; expected one JSON object");
            }
            return request.build();
        } catch (JacksonException broken) {
            TokenStreamLocation place = broken.getLocation();
            throw malformed("body is no JSON, nests too deep or has a member twice"
                    + (place == null ? "" : ", at line " + place.getLineNr() + ", column " + place.getColumnNr())
                    + "; expected an export of spans");
        }
    }

    private static ResourceSpans resourceSpans(JsonParser parser) {
        ResourceSpans.Builder spans = ResourceSpans.newBuilder();
        object(parser, name -> {
            switch (name) {
                case "resource" -> {
                    Resource.Builder resource = Resource.newBuilder();
                    object(parser, member -> {
                        if (member.equals("attributes")) {
                            array(parser, () -> resource.addAttributes(keyValue(parser)));
                        } else {
                            parser.skipChildren();
                        }
                    });
                    spans.setResource(resource);
                }
                case "scopeSpans" -> array(parser, () -> spans.addScopeSpans(scopeSpans(parser)));
                default -> parser.skipChildren();
            }
        });
        return spans.build();
    }

    private static ScopeSpans scopeSpans(JsonParser parser) {
        ScopeSpans.Builder spans = ScopeSpans.newBuilder();
        object(parser, name -> {
            switch (name) {
                case "scope" -> {
                    InstrumentationScope.Builder scope = InstrumentationScope.newBuilder();
                    object(parser, member -> {
                        switch (member) {
                            case "name" -> scope.setName(string(parser));
                            case "version" -> scope.setVersion(string(parser));
                            case "attributes" -> array(parser, () -> scope.addAttributes(keyValue(parser)));
                            default -> parser.skipChildren();
                        }
                    });
                    spans.setScope(scope);
                }
                case "spans" -> array(parser, () -> spans.addSpans(span(parser)));
                default -> parser.skipChildren();
            }
        });
        return spans.build();
    }

    private static Span span(JsonParser parser) {
        Span.Builder span = Span.newBuilder();
        object(parser, name -> {
            switch (name) {
                case "traceId" -> span.setTraceId(hex(parser, name));
                case "spanId" -> span.setSpanId(hex(parser, name));
                case "parentSpanId" -> span.setParentSpanId(hex(parser, name));
                case "traceState" -> span.setTraceState(string(parser));
                case "name" -> span.setName(string(parser));
                case "flags" -> span.setFlags((int) integer(parser, name));
                case "kind" -> span.setKindValue(kind(parser));
                case "startTimeUnixNano" -> span.setStartTimeUnixNano(integer(parser, name));
                case "endTimeUnixNano" -> span.setEndTimeUnixNano(integer(parser, name));
                case "attributes" -> array(parser, () -> span.addAttributes(keyValue(parser)));
                case "status" -> {
                    Status.Builder status = Status.newBuilder();
                    object(parser, member -> {
                        switch (member) {
                            case "message" -> status.setMessage(string(parser));
                            case "code" -> status.setCodeValue(statusCode(parser));
                            default -> parser.skipChildren();
                        }
                    });
                    span.setStatus(status);
                }
                default -> parser.skipChildren();
            }
        });
        return span.build();
    }

    private static KeyValue keyValue(JsonParser parser) {
        KeyValue.Builder attribute = KeyValue.newBuilder();
        object(parser, name -> {
            switch (name) {
                case "key" -> attribute.setKey(string(parser));
                case "value" -> attribute.setValue(anyValue(parser));
                default -> parser.skipChildren();
            }
        });
        return attribute.build();
    }

    private static AnyValue anyValue(JsonParser parser) {
        AnyValue.Builder value = AnyValue.newBuilder();
        object(parser, name -> {
            switch (name) {
                case "stringValue" -> value.setStringValue(string(parser));
                case "boolValue" -> value.setBoolValue(bool(parser));
                case "intValue" -> value.setIntValue(integer(parser, name));
                case "doubleValue" -> value.setDoubleValue(decimal(parser));
                case "bytesValue" -> value.setBytesValue(base64(parser));
                case "arrayValue" -> {
                    ArrayValue.Builder elements = ArrayValue.newBuilder();
                    object(parser, member -> {
                        if (member.equals("values")) {
                            array(parser, () -> elements.addValues(anyValue(parser)));
                        } else {
                            parser.skipChildren();
                        }
                    });
                    value.setArrayValue(elements);
                }
                case "kvlistValue" -> {
                    KeyValueList.Builder members = KeyValueList.newBuilder();
                    object(parser, member -> {
                        if (member.equals("values")) {
                            array(parser, () -> members.addValues(keyValue(parser)));
                        } else {
                            parser.skipChildren();
                        }
                    });
                    value.setKvlistValue(members);
                }
                default -> parser.skipChildren();
            }
        });
        return value.build();
    }

    /** Calls back at the value of each member that is not null. */
    private static void object(JsonParser parser, Consumer<String> member) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw unexpected(parser, "an object");
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_NULL) {
                member.accept(name);
            }
        }
    }

    private static void array(JsonParser parser, Runnable element) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw unexpected(parser, "an array");
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            element.run();
        }
    }

    private static String string(JsonParser parser) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw unexpected(parser, "a string");
        }
        return parser.getString();
    }

    private static boolean bool(JsonParser parser) {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw unexpected(parser, "true or false");
        };
    }

    private static ByteString hex(JsonParser parser, String name) {
        try {
            return ByteString.copyFrom(HexFormat.of().parseHex(string(parser)));
        } catch (IllegalArgumentException noHex) {
            throw malformed(name + " is no hexadecimal; expected two digits a byte");
        }
    }

    private static ByteString base64(JsonParser parser) {
        try {
            return ByteString.copyFrom(Base64.getDecoder().decode(string(parser)));
        } catch (IllegalArgumentException noBase64) {
            throw malformed("bytesValue is no base64; expected that");
        }
    }

    /** 64 bits come as strings, as numbers from lenient senders. */
    private static long integer(JsonParser parser, String name) {
        try {
            return switch (parser.currentToken()) {
                case VALUE_STRING ->
                    parser.getString().startsWith("-")
                            ? Long.parseLong(parser.getString())
                            : Long.parseUnsignedLong(parser.getString());
                case VALUE_NUMBER_INT -> Long.parseLong(parser.getString());
                default -> throw unexpected(parser, "a whole number");
            };
        } catch (NumberFormatException noNumber) {
            throw malformed(name + " is no whole number of 64 bits; expected one");
        }
    }

    private static double decimal(JsonParser parser) {
        if (parser.currentToken().isNumeric()) {
            return parser.getDoubleValue();
        }
        try {
            return Double.parseDouble(string(parser));
        } catch (NumberFormatException noNumber) {
            throw malformed("doubleValue is no number; expected one");
        }
    }

    private static int kind(JsonParser parser) {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            try {
                return Span.SpanKind.valueOf(parser.getString()).getNumber();
            } catch (IllegalArgumentException unknown) {
                return Span.SpanKind.SPAN_KIND_UNSPECIFIED_VALUE;
            }
        }
        return (int) integer(parser, "kind");
    }

    private static int statusCode(JsonParser parser) {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            try {
                return Status.StatusCode.valueOf(parser.getString()).getNumber();
            } catch (IllegalArgumentException unknown) {
                return Status.StatusCode.STATUS_CODE_UNSET_VALUE;
            }
        }
        return (int) integer(parser, "code");
    }

    private static RefusedException unexpected(JsonParser parser, String expected) {
        return malformed("body has something else than " + expected + " at line "
                + parser.currentLocation().getLineNr() + ", column "
                + parser.currentLocation().getColumnNr());
    }

    private static RefusedException malformed(String detail) {
        return new RefusedException(new Refusal(Reason.MALFORMED, "", detail));
    }
}
