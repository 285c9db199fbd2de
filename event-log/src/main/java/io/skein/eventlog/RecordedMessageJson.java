package io.skein.eventlog;

import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.Claim;
import io.skein.kernel.message.ClaimAction;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The short way between {@link MessageRecorded} and its bytes, for the one event of which there are millions. Writes exactly what {@link KernelJson} writes and
 * reads exactly that form: members in their order, nothing between them, plain escapes. Whatever it does not know (a member added later, another order, an
 * unusual escape) it leaves to {@code KernelJson} by answering null, so that it never decides what an event means. O(bytes).
 */
final class RecordedMessageJson {
    private static final String[] TYPES = words(MessageType.values());
    private static final String[] OUTCOMES = words(Outcome.values());
    private static final String[] ACTIONS = words(ClaimAction.values());
    private static final byte[] DEFAULT_NETWORK = bytes(NetworkId.DEFAULT.value());
    private static final int MAX_DEPTH = 128;

    private RecordedMessageJson() {}

    // ---- writing

    /** Null where only {@link KernelJson} knows how. */
    static byte @Nullable [] write(MessageRecorded recorded) {
        Message message = recorded.message();
        JsonText content = message.content();
        Writer out = new Writer(400 + (content == null ? 0 : content.value().length() * 5 / 4));
        out.raw(Names.MESSAGE).raw(Names.MESSAGE_ID).string(message.messageId().value());
        out.raw(Names.NETWORK_ID).string(message.networkId().value());
        if (message.conversationId() != null) {
            out.raw(Names.CONVERSATION_ID).string(message.conversationId().value());
        }
        out.raw(Names.AGENT_ID).string(message.agentId().value()).raw(Names.TARGET_AGENTS);
        char before = '[';
        for (AgentId target : message.targetAgents()) {
            out.ascii(before).string(target.value());
            before = ',';
        }
        out.raw(message.targetAgents().isEmpty() ? Names.EMPTY_ARRAY : Names.END_ARRAY);
        out.raw(Names.TYPE).string(TYPES[message.type().ordinal()]);
        out.raw(Names.TIMESTAMP).string(message.timestamp().toString());
        if (content != null) {
            out.raw(Names.CONTENT).json(content.value());
        }
        if (message.causationId() != null) {
            out.raw(Names.CAUSATION_ID).string(message.causationId().value());
        }
        if (message.correlationId() != null) {
            out.raw(Names.CORRELATION_ID).string(message.correlationId());
        }
        if (message.sequence() != null) {
            out.raw(Names.SEQUENCE).text(Long.toString(message.sequence()));
        }
        out.raw(Names.CLAIMS);
        claims(message.claims(), out);
        if (message.outcome() != null) {
            out.raw(Names.OUTCOME).string(OUTCOMES[message.outcome().ordinal()]);
        }
        if (message.durationMillis() != null) {
            out.raw(Names.DURATION_MILLIS).number(message.durationMillis());
        }
        out.raw(Names.METADATA);
        before = '{';
        for (Map.Entry<String, JsonText> entry : message.metadata().entrySet()) {
            out.ascii(before)
                    .string(entry.getKey())
                    .ascii(':')
                    .json(entry.getValue().value());
            before = ',';
        }
        out.raw(message.metadata().isEmpty() ? Names.EMPTY_OBJECT : Names.END_OBJECT);
        out.raw(Names.RECORDED_AT).string(recorded.recordedAt().toString()).ascii('}');
        return out.result();
    }

    private static void claims(List<Claim> claims, Writer out) {
        char before = '[';
        for (Claim claim : claims) {
            out.ascii(before).raw(Names.RESOURCE).string(claim.resource());
            out.raw(Names.ACTION).string(ACTIONS[claim.action().ordinal()]);
            out.raw(Names.AMOUNT).number(claim.amount());
            if (claim.unit() != null) {
                out.raw(Names.UNIT).string(claim.unit());
            }
            if (claim.priority() != null) {
                out.raw(Names.PRIORITY).text(Integer.toString(claim.priority()));
            }
            out.ascii('}');
            before = ',';
        }
        out.raw(claims.isEmpty() ? Names.EMPTY_ARRAY : Names.END_ARRAY);
    }

    private static final class Writer {
        private byte[] bytes;
        private int size;
        private boolean beyond;

        Writer(int expected) {
            bytes = new byte[expected];
        }

        Writer raw(byte[] some) {
            room(some.length);
            System.arraycopy(some, 0, bytes, size, some.length);
            size += some.length;
            return this;
        }

        Writer ascii(char one) {
            room(1);
            bytes[size++] = (byte) one;
            return this;
        }

        /** Text that needs no escape. */
        @SuppressWarnings("deprecation") // the one way to copy Latin-1 without an array between
        Writer text(String ascii) {
            room(ascii.length());
            ascii.getBytes(0, ascii.length(), bytes, size);
            size += ascii.length();
            return this;
        }

        Writer number(double value) {
            return text(Double.toString(value));
        }

        Writer string(String value) {
            for (int i = 0; i < value.length(); i++) {
                char unit = value.charAt(i);
                if (unit < 0x20 || unit == '"' || unit == '\\' || unit > 0x7E) {
                    beyond = true;
                    return this;
                }
            }
            return ascii('"').text(value).ascii('"');
        }

        Writer json(String value) {
            return raw(bytes(value));
        }

        private void room(int more) {
            if (size + more > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
            }
        }

        byte @Nullable [] result() {
            if (beyond) {
                return null;
            }
            return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
        }
    }

    // ---- reading

    /** Null where only {@link KernelJson} knows what is meant. */
    static @Nullable MessageRecorded read(byte[] bytes) {
        Reader in = new Reader(bytes);
        try {
            return read(in);
        } catch (IllegalArgumentException refusedByTheLanguage) {
            return null;
        }
    }

    private static @Nullable MessageRecorded read(Reader in) {
        if (!in.next(Names.MESSAGE) || !in.next(Names.MESSAGE_ID)) {
            return null;
        }
        String messageId = in.string();
        if (messageId == null || !in.next(Names.NETWORK_ID)) {
            return null;
        }
        NetworkId network = in.network();
        String conversation = in.next(Names.CONVERSATION_ID) ? in.string() : null;
        if (network == null || !in.next(Names.AGENT_ID)) {
            return null;
        }
        String agent = in.string();
        List<AgentId> targets = in.next(Names.TARGET_AGENTS) ? targets(in) : null;
        if (agent == null || targets == null || !in.next(Names.TYPE)) {
            return null;
        }
        int type = in.word(TYPES);
        Instant timestamp = in.next(Names.TIMESTAMP) ? in.instant() : null;
        if (type < 0 || timestamp == null) {
            return null;
        }
        JsonText content = in.next(Names.CONTENT) ? in.json() : null;
        String causation = in.next(Names.CAUSATION_ID) ? in.string() : null;
        String correlation = in.next(Names.CORRELATION_ID) ? in.string() : null;
        Long sequence = in.next(Names.SEQUENCE) ? in.whole() : null;
        List<Claim> claims = in.next(Names.CLAIMS) ? claims(in) : null;
        if (claims == null) {
            return null;
        }
        int outcome = in.next(Names.OUTCOME) ? in.word(OUTCOMES) : -1;
        Double duration = in.next(Names.DURATION_MILLIS) ? in.real() : null;
        Map<String, JsonText> metadata = in.next(Names.METADATA) ? metadata(in) : null;
        Instant recordedAt = metadata != null && in.next(Names.RECORDED_AT) ? in.instant() : null;
        if (metadata == null || recordedAt == null || !in.ends()) {
            return null;
        }
        Message message = new Message(
                new MessageId(messageId),
                network,
                conversation == null ? null : new ConversationId(conversation),
                new AgentId(agent),
                targets,
                MessageType.values()[type],
                timestamp,
                content == null || content.equals(JsonText.NULL) ? null : content,
                causation == null ? null : new MessageId(causation),
                correlation,
                sequence,
                claims,
                outcome < 0 ? null : Outcome.values()[outcome],
                duration,
                metadata);
        return new MessageRecorded(message, recordedAt);
    }

    private static @Nullable List<AgentId> targets(Reader in) {
        if (in.next(Names.EMPTY_ARRAY)) {
            return List.of();
        }
        List<AgentId> targets = null;
        char before = '[';
        while (in.next(before)) {
            String target = in.string();
            if (target == null) {
                return null;
            }
            if (targets == null && in.next(']')) {
                return List.of(new AgentId(target));
            }
            targets = targets == null ? new ArrayList<>() : targets;
            targets.add(new AgentId(target));
            before = ',';
        }
        return in.next(']') ? targets : null;
    }

    private static @Nullable List<Claim> claims(Reader in) {
        if (in.next(Names.EMPTY_ARRAY)) {
            return List.of();
        }
        List<Claim> claims = new ArrayList<>();
        char before = '[';
        while (in.next(before)) {
            if (!in.next(Names.RESOURCE)) {
                return null;
            }
            String resource = in.string();
            int action = in.next(Names.ACTION) ? in.word(ACTIONS) : -1;
            Double amount = in.next(Names.AMOUNT) ? in.real() : null;
            String unit = in.next(Names.UNIT) ? in.string() : null;
            Long priority = in.next(Names.PRIORITY) ? in.whole() : null;
            if (resource == null || action < 0 || amount == null || !in.next('}') || tooLarge(priority)) {
                return null;
            }
            claims.add(new Claim(
                    resource,
                    ClaimAction.values()[action],
                    amount,
                    unit,
                    priority == null ? null : priority.intValue()));
            before = ',';
        }
        return in.next(']') ? claims : null;
    }

    private static boolean tooLarge(@Nullable Long priority) {
        return priority != null && priority != priority.intValue();
    }

    private static @Nullable Map<String, JsonText> metadata(Reader in) {
        if (in.next(Names.EMPTY_OBJECT)) {
            return Map.of();
        }
        Map<String, JsonText> metadata = new LinkedHashMap<>();
        char before = '{';
        while (in.next(before)) {
            String name = in.string();
            JsonText value = name != null && in.next(':') ? in.json() : null;
            if (name == null || value == null) {
                return null;
            }
            metadata.put(name, value);
            before = ',';
        }
        return in.next('}') ? metadata : null;
    }

    /** Stands before the next byte; after anything that is not as it was written, before none, so that everything later fails too. */
    private static final class Reader {
        private final byte[] bytes;
        private int at;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        boolean next(byte[] expected) {
            int end = at + expected.length;
            if (end <= bytes.length && Arrays.equals(bytes, at, end, expected, 0, expected.length)) {
                at = end;
                return true;
            }
            return false;
        }

        boolean next(char expected) {
            if (at < bytes.length && bytes[at] == expected) {
                at++;
                return true;
            }
            return false;
        }

        boolean ends() {
            return next('}') && at == bytes.length;
        }

        private <T> @Nullable T lost() {
            at = bytes.length;
            return null;
        }

        /** A string without escapes. */
        @Nullable
        String string() {
            int from = at + 1;
            int end = next('"') ? plainEnd(from) : -1;
            if (end < 0) {
                return lost();
            }
            at = end + 1;
            return new String(bytes, from, end - from, StandardCharsets.UTF_8);
        }

        private int plainEnd(int from) {
            for (int i = from; i < bytes.length; i++) {
                byte one = bytes[i];
                if (one == '"') {
                    return i;
                }
                if (one == '\\' || (one >= 0 && one < 0x20)) {
                    return -1;
                }
            }
            return -1;
        }

        @Nullable
        NetworkId network() {
            int end = at + DEFAULT_NETWORK.length + 2;
            if (end <= bytes.length
                    && bytes[at] == '"'
                    && bytes[end - 1] == '"'
                    && Arrays.equals(bytes, at + 1, end - 1, DEFAULT_NETWORK, 0, DEFAULT_NETWORK.length)) {
                at = end;
                return NetworkId.DEFAULT;
            }
            String other = string();
            return other == null ? null : new NetworkId(other);
        }

        int word(String[] words) {
            String found = string();
            for (int i = 0; i < words.length; i++) {
                if (words[i].equals(found)) {
                    return i;
                }
            }
            lost();
            return -1;
        }

        @Nullable
        Long whole() {
            boolean negative = next('-');
            long value = 0;
            int from = at;
            while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9') {
                value = value * 10 + bytes[at++] - '0';
            }
            // Eighteen digits always fit.
            return at == from || at - from > 18 ? lost() : Long.valueOf(negative ? -value : value);
        }

        @Nullable
        Double real() {
            int from = at;
            int end = number(at);
            if (end < 0) {
                return lost();
            }
            at = end;
            return Double.valueOf(new String(bytes, from, end - from, StandardCharsets.ISO_8859_1));
        }

        /** An instant of the years 0 to 9999 as {@link Instant#toString} writes it. */
        @Nullable
        Instant instant() {
            int from = at + 1;
            if (!next('"') || from + 20 > bytes.length) {
                return lost();
            }
            int year = digits(from, 4);
            int month = digits(from + 5, 2);
            int day = digits(from + 8, 2);
            int hour = digits(from + 11, 2);
            int minute = digits(from + 14, 2);
            int second = digits(from + 17, 2);
            boolean marked = bytes[from + 4] == '-'
                    && bytes[from + 7] == '-'
                    && bytes[from + 10] == 'T'
                    && bytes[from + 13] == ':'
                    && bytes[from + 16] == ':';
            if (!marked || year < 0 || month < 1 || month > 12 || day < 1 || day > 28 + daysMore(year, month)) {
                return lost();
            }
            if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
                return lost();
            }
            at = from + 19;
            int nanos = next('.') ? fraction() : 0;
            if (nanos < 0 || !next('Z') || !next('"')) {
                return lost();
            }
            long days = LocalDate.of(year, month, day).toEpochDay();
            return Instant.ofEpochSecond(days * 86_400 + hour * 3_600 + minute * 60 + second, nanos);
        }

        private static int daysMore(int year, int month) {
            return switch (month) {
                case 2 -> java.time.Year.isLeap(year) ? 1 : 0;
                case 4, 6, 9, 11 -> 2;
                default -> 3;
            };
        }

        private int digits(int from, int count) {
            int value = 0;
            for (int i = from; i < from + count; i++) {
                int digit = bytes[i] - '0';
                if (digit < 0 || digit > 9) {
                    return -1;
                }
                value = value * 10 + digit;
            }
            return value;
        }

        private int fraction() {
            int value = 0;
            int from = at;
            while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9' && at - from < 9) {
                value = value * 10 + bytes[at++] - '0';
            }
            for (int i = at - from; i < 9; i++) {
                value *= 10;
            }
            return at == from ? -1 : value;
        }

        /** Any JSON that stands in its compact form. */
        @Nullable
        JsonText json() {
            int from = at;
            int end = value(at, 0);
            if (end < 0) {
                return lost();
            }
            at = end;
            return new JsonText(new String(bytes, from, end - from, StandardCharsets.UTF_8));
        }

        /** Behind the value that begins here; negative if it is none, or none in compact form. */
        private int value(int from, int depth) {
            if (from >= bytes.length || depth > MAX_DEPTH) {
                return -1;
            }
            return switch (bytes[from]) {
                case '"' -> text(from);
                case '{' -> members(from, depth);
                case '[' -> elements(from, depth);
                case 't' -> literal(from, Names.TRUE);
                case 'f' -> literal(from, Names.FALSE);
                case 'n' -> literal(from, Names.NULL);
                default -> number(from);
            };
        }

        private int members(int from, int depth) {
            int i = from + 1;
            if (i < bytes.length && bytes[i] == '}') {
                return i + 1;
            }
            while (i < bytes.length) {
                i = bytes[i] == '"' ? text(i) : -1;
                if (i < 0 || i >= bytes.length || bytes[i] != ':') {
                    return -1;
                }
                i = value(i + 1, depth + 1);
                if (i < 0 || i >= bytes.length) {
                    return -1;
                }
                if (bytes[i] == '}') {
                    return i + 1;
                }
                if (bytes[i++] != ',') {
                    return -1;
                }
            }
            return -1;
        }

        private int elements(int from, int depth) {
            int i = from + 1;
            if (i < bytes.length && bytes[i] == ']') {
                return i + 1;
            }
            while (i < bytes.length) {
                i = value(i, depth + 1);
                if (i < 0 || i >= bytes.length) {
                    return -1;
                }
                if (bytes[i] == ']') {
                    return i + 1;
                }
                if (bytes[i++] != ',') {
                    return -1;
                }
            }
            return -1;
        }

        private int text(int from) {
            for (int i = from + 1; i < bytes.length; i++) {
                byte one = bytes[i];
                if (one == '"') {
                    return i + 1;
                }
                if (one == '\\') {
                    i++;
                    // Any other escape is written differently once it has been read.
                    if (i >= bytes.length || "\"\\nrtbf".indexOf(bytes[i]) < 0) {
                        return -1;
                    }
                } else if (one >= 0 && one < 0x20) {
                    return -1;
                }
            }
            return -1;
        }

        private int literal(int from, byte[] word) {
            int end = from + word.length;
            return end <= bytes.length && Arrays.equals(bytes, from, end, word, 0, word.length) ? end : -1;
        }

        private int number(int from) {
            int i = from < bytes.length && bytes[from] == '-' ? from + 1 : from;
            int whole = i;
            i = digitsEnd(i);
            if (i == whole || (bytes[whole] == '0' && i > whole + 1)) {
                return -1;
            }
            if (i < bytes.length && bytes[i] == '.') {
                int point = i + 1;
                i = digitsEnd(point);
                if (i == point) {
                    return -1;
                }
            }
            if (i < bytes.length && (bytes[i] == 'e' || bytes[i] == 'E')) {
                int exponent = i + 1;
                if (exponent < bytes.length && (bytes[exponent] == '+' || bytes[exponent] == '-')) {
                    exponent++;
                }
                i = digitsEnd(exponent);
                if (i == exponent) {
                    return -1;
                }
            }
            return i;
        }

        private int digitsEnd(int from) {
            int i = from;
            while (i < bytes.length && bytes[i] >= '0' && bytes[i] <= '9') {
                i++;
            }
            return i;
        }
    }

    private static String[] words(Enum<?>[] values) {
        return Arrays.stream(values).map(KernelJson::word).toArray(String[]::new);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Members with what stands between them and the one before. */
    private static final class Names {
        static final byte[] MESSAGE = bytes("{\"message\":{");
        static final byte[] MESSAGE_ID = bytes("\"messageId\":");
        static final byte[] NETWORK_ID = bytes(",\"networkId\":");
        static final byte[] CONVERSATION_ID = bytes(",\"conversationId\":");
        static final byte[] AGENT_ID = bytes(",\"agentId\":");
        static final byte[] TARGET_AGENTS = bytes(",\"targetAgents\":");
        static final byte[] TYPE = bytes(",\"type\":");
        static final byte[] TIMESTAMP = bytes(",\"timestamp\":");
        static final byte[] CONTENT = bytes(",\"content\":");
        static final byte[] CAUSATION_ID = bytes(",\"causationId\":");
        static final byte[] CORRELATION_ID = bytes(",\"correlationId\":");
        static final byte[] SEQUENCE = bytes(",\"sequence\":");
        static final byte[] CLAIMS = bytes(",\"claims\":");
        static final byte[] RESOURCE = bytes("{\"resource\":");
        static final byte[] ACTION = bytes(",\"action\":");
        static final byte[] AMOUNT = bytes(",\"amount\":");
        static final byte[] UNIT = bytes(",\"unit\":");
        static final byte[] PRIORITY = bytes(",\"priority\":");
        static final byte[] OUTCOME = bytes(",\"outcome\":");
        static final byte[] DURATION_MILLIS = bytes(",\"durationMillis\":");
        static final byte[] METADATA = bytes(",\"metadata\":");
        static final byte[] RECORDED_AT = bytes("},\"recordedAt\":");
        static final byte[] EMPTY_ARRAY = bytes("[]");
        static final byte[] END_ARRAY = bytes("]");
        static final byte[] EMPTY_OBJECT = bytes("{}");
        static final byte[] END_OBJECT = bytes("}");
        static final byte[] TRUE = bytes("true");
        static final byte[] FALSE = bytes("false");
        static final byte[] NULL = bytes("null");

        private Names() {}
    }
}
