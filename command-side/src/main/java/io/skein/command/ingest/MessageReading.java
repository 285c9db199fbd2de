package io.skein.command.ingest;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.Ids;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.Claim;
import io.skein.kernel.message.ClaimAction;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageLimits;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** One pass over one message. Throws {@link RefusedException} at the first thing that is wrong. Used once. */
final class MessageReading {
    private static final int MAX_YEAR = 9_999;

    private final Set<Field> seen = EnumSet.noneOf(Field.class);
    private final Map<String, JsonText> metadata = new LinkedHashMap<>();
    private final Map<String, JsonText> unknown = new LinkedHashMap<>();
    private final List<Claim> claims = new ArrayList<>();
    private List<AgentId> targets = List.of();
    private String path = "";
    private boolean older;
    private @Nullable String messageText;
    private @Nullable String networkText;
    private @Nullable NetworkId networkId;
    private @Nullable ConversationId conversationId;
    private @Nullable AgentId agentId;
    private @Nullable MessageType type;
    private @Nullable Instant timestamp;
    private @Nullable JsonText content;
    private @Nullable MessageId causationId;
    private @Nullable String correlationId;
    private @Nullable Long sequence;
    private @Nullable Outcome outcome;
    private @Nullable Double durationMillis;
    private @Nullable String resourceType;
    private @Nullable Double requestedAmount;
    private @Nullable Integer priorityLevel;

    /** The field being read; empty between fields. */
    String path() {
        return path;
    }

    @Nullable
    String networkText() {
        return networkText;
    }

    @Nullable
    String messageText() {
        return messageText;
    }

    Message read(JsonParser parser) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw refuse(
                    parser.currentToken() == null ? Reason.MALFORMED : Reason.INVALID,
                    "message is " + kind(parser.currentToken()) + "; expected a JSON object");
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            Field.Alias alias = Field.named(name);
            path = alias == null ? "" : alias.field().path();
            parser.nextToken();
            if (alias == null) {
                keepUnknown(name, parser);
            } else {
                known(alias, name, parser);
            }
            path = "";
        }
        if (parser.nextToken() != null) {
            throw refuse(Reason.MALFORMED, "message is followed by something; expected one JSON object alone");
        }
        return message();
    }

    private void known(Field.Alias alias, String name, JsonParser parser) {
        Field field = alias.field();
        path = field.path();
        older |= alias.older();
        if (!seen.add(field)) {
            throw refuse(Reason.INVALID, "given twice, the second time as " + name + "; expected once");
        }
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        switch (field) {
            case MESSAGE_ID -> {
                messageText = string(parser);
                id(messageText);
            }
            case NETWORK_ID -> {
                networkText = string(parser);
                networkId = new NetworkId(id(networkText));
            }
            case CONVERSATION_ID -> conversationId = new ConversationId(id(string(parser)));
            case AGENT_ID -> agentId = new AgentId(id(string(parser)));
            case TARGET_AGENTS -> targets = targets(parser);
            case TYPE -> type = word(MessageType.class, parser);
            case TIMESTAMP -> timestamp = instant(string(parser));
            case CONTENT -> content = json(parser, MessageLimits.MAX_CONTENT_BYTES);
            case CAUSATION_ID -> causationId = new MessageId(id(string(parser)));
            case CORRELATION_ID -> correlationId = id(string(parser));
            case SEQUENCE -> sequence = wholeNumber(parser, Long.MAX_VALUE);
            case CLAIMS -> claims(parser);
            case OUTCOME -> outcome = word(Outcome.class, parser);
            case DURATION_MILLIS -> durationMillis = amount(parser);
            case METADATA -> metadata(parser);
            case INTENTION -> intention(parser);
            case RESOURCE_TYPE -> resourceType = id(string(parser));
            case REQUESTED_AMOUNT -> requestedAmount = amount(parser);
            case PRIORITY_LEVEL -> priorityLevel = integer(parser);
        }
    }

    private Message message() {
        addIntention();
        for (Map.Entry<String, JsonText> member : unknown.entrySet()) {
            if (metadata.putIfAbsent(member.getKey(), member.getValue()) != null) {
                throw refuseAt(
                        "metadata." + member.getKey(),
                        Reason.INVALID,
                        "is also a member of the message that is not known; expected one of both");
            }
        }
        if (metadata.size() > MessageLimits.MAX_METADATA_ENTRIES) {
            throw refuseAt(
                    Field.METADATA.path(),
                    Reason.TOO_LARGE,
                    "has " + metadata.size() + " entries, unknown members of the message included; expected at most "
                            + MessageLimits.MAX_METADATA_ENTRIES);
        }
        Message message = new Message(
                new MessageId(messageText == null ? "?" : messageText),
                networkId == null ? NetworkId.DEFAULT : networkId,
                conversationId,
                required(agentId, Field.AGENT_ID),
                targets,
                required(type, Field.TYPE),
                required(timestamp, Field.TIMESTAMP),
                content,
                causationId,
                correlationId,
                sequence,
                claims,
                outcome,
                durationMillis,
                metadata);
        if (messageText != null) {
            return message;
        }
        if (!older) {
            required(messageText, Field.MESSAGE_ID);
        }
        return withDerivedId(message);
    }

    /** Older agents name no message; the same content from the same sender at the same time is the same message. */
    private static Message withDerivedId(Message message) {
        try {
            byte[] canonical = KernelJson.mapper().writeValueAsBytes(CanonicalJson.of(message));
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(canonical);
            return new Message(
                    new MessageId("sha256-" + HexFormat.of().formatHex(digest)),
                    message.networkId(),
                    message.conversationId(),
                    message.agentId(),
                    message.targetAgents(),
                    message.type(),
                    message.timestamp(),
                    message.content(),
                    message.causationId(),
                    message.correlationId(),
                    message.sequence(),
                    message.claims(),
                    message.outcome(),
                    message.durationMillis(),
                    message.metadata());
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }

    private void addIntention() {
        if (resourceType == null) {
            if (requestedAmount != null || priorityLevel != null) {
                throw refuseAt(
                        Field.RESOURCE_TYPE.path(),
                        Reason.INVALID,
                        "is missing beside requested_amount or priority_level; expected the resource's name");
            }
            return;
        }
        if (claims.size() == MessageLimits.MAX_CLAIMS) {
            throw tooMany(Field.CLAIMS.path(), MessageLimits.MAX_CLAIMS);
        }
        if (requestedAmount == null) {
            throw refuseAt(
                    Field.REQUESTED_AMOUNT.path(),
                    Reason.INVALID,
                    "is missing beside resource_type; expected a number of 0 or more");
        }
        claims.add(new Claim(resourceType, ClaimAction.REQUEST, requestedAmount, null, priorityLevel));
    }

    private void intention(JsonParser parser) {
        object(parser);
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            Field.Alias alias = Field.named(name);
            if (alias == null
                    || !(alias.field() == Field.RESOURCE_TYPE
                            || alias.field() == Field.REQUESTED_AMOUNT
                            || alias.field() == Field.PRIORITY_LEVEL)) {
                path = "intention";
                throw refuse(
                        Reason.INVALID,
                        "has a member that is not known; expected resource_type, requested_amount, priority_level");
            }
            known(alias, name, parser);
        }
    }

    private void keepUnknown(String name, JsonParser parser) {
        if (unknown.size() == MessageLimits.MAX_METADATA_ENTRIES) {
            throw tooMany(Field.METADATA.path(), MessageLimits.MAX_METADATA_ENTRIES);
        }
        path = "metadata";
        id(name);
        path = name;
        unknown.put(name, json(parser, MessageLimits.MAX_METADATA_VALUE_BYTES));
    }

    private List<AgentId> targets(JsonParser parser) {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            return List.of(new AgentId(id(string(parser))));
        }
        array(parser);
        LinkedHashSet<AgentId> each = new LinkedHashSet<>();
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            if (i == MessageLimits.MAX_TARGETS) {
                throw tooMany(Field.TARGET_AGENTS.path(), MessageLimits.MAX_TARGETS);
            }
            path = Field.TARGET_AGENTS.path() + "[" + i + "]";
            each.add(new AgentId(id(string(parser))));
        }
        return List.copyOf(each);
    }

    private void claims(JsonParser parser) {
        array(parser);
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            if (i == MessageLimits.MAX_CLAIMS) {
                throw tooMany(Field.CLAIMS.path(), MessageLimits.MAX_CLAIMS);
            }
            claims.add(claim(parser, Field.CLAIMS.path() + "[" + i + "]"));
        }
    }

    private Claim claim(JsonParser parser, String place) {
        path = place;
        object(parser);
        @Nullable String resource = null;
        @Nullable ClaimAction action = null;
        @Nullable Double amount = null;
        @Nullable String unit = null;
        @Nullable Integer priority = null;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            boolean absent = parser.currentToken() == JsonToken.VALUE_NULL;
            switch (name) {
                case "resource" -> {
                    path = place + ".resource";
                    resource = absent ? null : id(string(parser));
                }
                case "action" -> {
                    path = place + ".action";
                    action = absent ? null : word(ClaimAction.class, parser);
                }
                case "amount" -> {
                    path = place + ".amount";
                    amount = absent ? null : Double.valueOf(amount(parser));
                }
                case "unit" -> {
                    path = place + ".unit";
                    unit = absent ? null : id(string(parser));
                }
                case "priority" -> {
                    path = place + ".priority";
                    priority = absent ? null : Integer.valueOf(integer(parser));
                }
                default -> {
                    path = place;
                    throw refuse(
                            Reason.INVALID,
                            "has a member that is not known; expected resource, action, amount, unit, priority");
                }
            }
        }
        if (resource == null) {
            throw missing(place + ".resource");
        }
        if (action == null) {
            throw missing(place + ".action");
        }
        if (amount == null) {
            throw missing(place + ".amount");
        }
        return new Claim(resource, action, amount, unit, priority);
    }

    private void metadata(JsonParser parser) {
        object(parser);
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            path = Field.METADATA.path();
            id(name);
            if (metadata.size() == MessageLimits.MAX_METADATA_ENTRIES) {
                throw tooMany(path, MessageLimits.MAX_METADATA_ENTRIES);
            }
            parser.nextToken();
            path = Field.METADATA.path() + "." + name;
            metadata.put(name, json(parser, MessageLimits.MAX_METADATA_VALUE_BYTES));
        }
    }

    private JsonText json(JsonParser parser, int maxBytes) {
        String text = KernelJson.compactText(parser).value();
        long bytes = utf8Length(text);
        if (bytes > maxBytes) {
            throw refuse(Reason.TOO_LARGE, "has " + bytes + " bytes as compact JSON; expected at most " + maxBytes);
        }
        return new JsonText(text);
    }

    private long utf8Length(String text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit < 0x80) {
                bytes++;
            } else if (unit < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(unit)) {
                bytes += 3;
            } else if (Character.isHighSurrogate(unit)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                throw refuse(Reason.MALFORMED, "has an unpaired surrogate; expected characters that UTF-8 can carry");
            }
        }
        return bytes;
    }

    private String string(JsonParser parser) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw kindRefused(parser, "a string");
        }
        return parser.getString();
    }

    private String id(String value) {
        String complaint = Ids.complaint(value);
        if (!complaint.isEmpty()) {
            throw refuse(Reason.INVALID, complaint);
        }
        return value;
    }

    private <E extends Enum<E>> E word(Class<E> words, JsonParser parser) {
        String found = string(parser).toLowerCase(Locale.ROOT);
        StringJoiner expected = new StringJoiner(", ");
        for (E constant : words.getEnumConstants()) {
            String word = KernelJson.word(constant);
            if (word.equals(found)) {
                return constant;
            }
            expected.add(word);
        }
        throw refuse(Reason.INVALID, "is a word that is not known; expected one of " + expected);
    }

    private Instant instant(String text) {
        try {
            TemporalAccessor time =
                    DateTimeFormatter.ISO_DATE_TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
            OffsetDateTime moment = time instanceof OffsetDateTime withOffset
                    ? withOffset
                    : ((LocalDateTime) time).atOffset(ZoneOffset.UTC);
            OffsetDateTime utc = moment.withOffsetSameInstant(ZoneOffset.UTC);
            if (utc.getYear() >= 1 && utc.getYear() <= MAX_YEAR) {
                return utc.toInstant();
            }
        } catch (DateTimeException noInstant) {
            throw noInstant();
        }
        throw noInstant();
    }

    private RefusedException noInstant() {
        return refuse(
                Reason.INVALID,
                "is no instant between the years 1 and " + MAX_YEAR
                        + "; expected ISO 8601, as 2026-11-23T10:15:30.123Z");
    }

    private double amount(JsonParser parser) {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
            throw kindRefused(parser, "a number of 0 or more");
        }
        double amount = parser.getDoubleValue();
        if (!(amount >= 0) || Double.isInfinite(amount)) {
            throw refuse(Reason.INVALID, "is negative or too large; expected a number of 0 or more");
        }
        return amount + 0.0;
    }

    private long wholeNumber(JsonParser parser, long most) {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
                || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                || parser.getLongValue() < 0
                || parser.getLongValue() > most) {
            throw kindRefused(parser, "a whole number from 0 to " + most);
        }
        return parser.getLongValue();
    }

    private int integer(JsonParser parser) {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
                || parser.getNumberType() != JsonParser.NumberType.INT) {
            throw kindRefused(parser, "a whole number of 32 bits");
        }
        return parser.getIntValue();
    }

    private void object(JsonParser parser) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw kindRefused(parser, "an object");
        }
    }

    private void array(JsonParser parser) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw kindRefused(parser, "an array");
        }
    }

    private RefusedException kindRefused(JsonParser parser, String expected) {
        return refuse(Reason.INVALID, "is " + kind(parser.currentToken()) + "; expected " + expected);
    }

    private static String kind(@Nullable JsonToken token) {
        return switch (token) {
            case null -> "empty";
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number that does not fit";
            case VALUE_TRUE, VALUE_FALSE -> "a truth value";
            case VALUE_NULL -> "null";
            default -> "something else";
        };
    }

    private <T> T required(@Nullable T value, Field field) {
        if (value == null) {
            throw missing(field.path());
        }
        return value;
    }

    private static RefusedException missing(String place) {
        return refuseAt(place, Reason.INVALID, "is missing; it is required");
    }

    private static RefusedException tooMany(String place, int most) {
        return refuseAt(place, Reason.TOO_LARGE, "has more than " + most + " entries; expected at most " + most);
    }

    private RefusedException refuse(Reason reason, String complaint) {
        return refuseAt(path, reason, complaint);
    }

    private static RefusedException refuseAt(String place, Reason reason, String complaint) {
        return new RefusedException(new Refusal(reason, place, place.isEmpty() ? complaint : place + " " + complaint));
    }
}
