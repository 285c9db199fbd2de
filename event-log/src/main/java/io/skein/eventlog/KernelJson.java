package io.skein.eventlog;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AgentKey;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.AuditLogId;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.Id;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import io.skein.kernel.message.JsonText;
import java.io.StringWriter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.Deserializers;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.Serializers;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * The JSON form of the kernel's language: ids as strings, enumerated words in lower case with underscores, {@link JsonText} as the JSON it holds, what is
 * absent left out, members in the order of the record's components. The same object always gives the same bytes.
 */
public final class KernelJson {
    private static final JsonMapper MAPPER = configure(JsonMapper.builder()).build();

    private static final Map<Enum<?>, String> WORDS = new ConcurrentHashMap<>();

    private KernelJson() {}

    /** The mapper for everything that speaks the language: events, REST, topics. Thread-safe. */
    public static JsonMapper mapper() {
        return MAPPER;
    }

    /** Puts the language's rules on a mapper that somebody else builds. */
    public static JsonMapper.Builder configure(JsonMapper.Builder builder) {
        return builder.addModule(module())
                .changeDefaultPropertyInclusion(inclusion -> inclusion
                        .withValueInclusion(JsonInclude.Include.NON_NULL)
                        .withContentInclusion(JsonInclude.Include.ALWAYS))
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);
    }

    /** How the language's values are written and read; for mappers that keep their own features. */
    public static SimpleModule module() {
        SimpleModule module = new SimpleModule("skein-kernel") {
            private static final long serialVersionUID = 1L;

            @Override
            public void setupModule(SetupContext context) {
                super.setupModule(context);
                context.addSerializers(new WordSerializers());
                context.addDeserializers(new WordDeserializers());
            }
        };
        module.addSerializer(new IdSerializer());
        module.addSerializer(new JsonTextSerializer());
        module.addDeserializer(JsonText.class, new JsonTextDeserializer());
        module.addSerializer(new AgentKeySerializer());
        id(module, AgentKey.class, AgentKey::parse);
        id(module, NetworkId.class, NetworkId::new);
        id(module, AgentId.class, AgentId::new);
        id(module, MessageId.class, MessageId::new);
        id(module, ConversationId.class, ConversationId::new);
        id(module, UserId.class, UserId::new);
        id(module, AlertId.class, AlertId::new);
        id(module, AuditLogId.class, AuditLogId::new);
        return module;
    }

    /** An enumerated value as the API writes it: {@code ROUTING_LOOP} → {@code routing_loop}. */
    public static String word(Enum<?> value) {
        return WORDS.computeIfAbsent(value, unseen -> unseen.name().toLowerCase(Locale.ROOT));
    }

    /**
     * Reads the value the parser stands at, to its end, as compact text. Numbers keep the digits they were written with: {@code 1.50} and {@code 1e400}
     * come back as they came.
     */
    public static JsonText compactText(JsonParser parser) {
        StringWriter compact = new StringWriter();
        try (JsonGenerator generator = MAPPER.createGenerator(compact)) {
            int depth = 0;
            JsonToken token = parser.currentToken();
            while (true) {
                if (token.isNumeric()) {
                    generator.writeNumber(parser.getString());
                } else {
                    generator.copyCurrentEvent(parser);
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (depth == 0 && token != JsonToken.PROPERTY_NAME) {
                    break;
                }
                token = parser.nextToken();
            }
        }
        return new JsonText(compact.toString());
    }

    private static <T> void id(SimpleModule module, Class<T> type, Function<String, T> of) {
        module.addDeserializer(type, new StdDeserializer<T>(type) {
            @Override
            public T deserialize(JsonParser parser, DeserializationContext context) {
                return of.apply(parser.getString());
            }
        });
    }

    private static final class IdSerializer extends StdSerializer<Id> {
        IdSerializer() {
            super(Id.class);
        }

        @Override
        public void serialize(Id id, JsonGenerator generator, SerializationContext context) {
            generator.writeString(id.value());
        }
    }

    private static final class AgentKeySerializer extends StdSerializer<AgentKey> {
        AgentKeySerializer() {
            super(AgentKey.class);
        }

        @Override
        public void serialize(AgentKey key, JsonGenerator generator, SerializationContext context) {
            generator.writeString(key.toString());
        }
    }

    private static final class JsonTextSerializer extends StdSerializer<JsonText> {
        JsonTextSerializer() {
            super(JsonText.class);
        }

        @Override
        public void serialize(JsonText text, JsonGenerator generator, SerializationContext context) {
            generator.writeRawValue(text.value());
        }
    }

    private static final class JsonTextDeserializer extends StdDeserializer<JsonText> {
        JsonTextDeserializer() {
            super(JsonText.class);
        }

        @Override
        public JsonText deserialize(JsonParser parser, DeserializationContext context) {
            return compactText(parser);
        }
    }

    private static final class WordSerializers extends Serializers.Base {
        @Override
        public ValueSerializer<?> findEnumSerializer(
                SerializationConfig config,
                JavaType type,
                BeanDescription.Supplier bean,
                com.fasterxml.jackson.annotation.JsonFormat.Value format) {
            return new StdSerializer<Enum<?>>(type) {
                @Override
                public void serialize(Enum<?> value, JsonGenerator generator, SerializationContext context) {
                    generator.writeString(word(value));
                }
            };
        }
    }

    private static final class WordDeserializers extends Deserializers.Base {
        @Override
        public boolean hasDeserializerFor(DeserializationConfig config, Class<?> valueType) {
            return valueType.isEnum();
        }

        @Override
        public ValueDeserializer<?> findEnumDeserializer(
                JavaType type, DeserializationConfig config, BeanDescription.Supplier bean) {
            return new StdDeserializer<Object>(type) {
                @Override
                public Object deserialize(JsonParser parser, DeserializationContext context) {
                    String word = parser.getString();
                    for (Object constant : type.getRawClass().getEnumConstants()) {
                        if (word(((Enum<?>) constant)).equals(word)) {
                            return constant;
                        }
                    }
                    return context.handleWeirdStringValue(
                            type.getRawClass(), word, "not one of the words allowed here");
                }
            };
        }
    }
}
