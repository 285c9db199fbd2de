package io.skein.client;

import io.skein.client.BusException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** The door's rules, applied before a message is taken, so that what is wrong is told to the one who can mend it. */
final class MessageRules {
    static final int MAX_ID_CHARACTERS = 256;
    static final int MAX_CONTENT_BYTES = 256 * 1024;
    static final int MAX_METADATA_VALUE_BYTES = 8 * 1024;
    static final int MAX_TARGETS = 1_000;
    static final int MAX_CLAIMS = 64;
    static final int MAX_METADATA_ENTRIES = 64;

    /** A whole message as JSON. */
    static final int MAX_MESSAGE_BYTES = 2 * 1024 * 1024;

    private static final Instant FIRST_INSTANT = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST_INSTANT = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private MessageRules() {}

    /** @throws BusException {@code INVALID} or {@code TOO_LARGE} */
    static void check(OutgoingMessage message) {
        String subject = "message " + shown(message.messageId());
        id(subject, "messageId", message.messageId());
        id(subject, "networkId", message.networkId());
        id(subject, "agentId", message.agentId());
        optionalId(subject, "conversationId", message.conversationId());
        optionalId(subject, "causationId", message.causationId());
        optionalId(subject, "correlationId", message.correlationId());
        count(subject, "targetAgents", message.targetAgents().size(), MAX_TARGETS);
        count(subject, "claims", message.claims().size(), MAX_CLAIMS);
        count(subject, "metadata", message.metadata().size(), MAX_METADATA_ENTRIES);
        for (int i = 0; i < message.targetAgents().size(); i++) {
            id(subject, "targetAgents[" + i + "]", message.targetAgents().get(i));
        }
        for (int i = 0; i < message.claims().size(); i++) {
            Claim claim = message.claims().get(i);
            id(subject, "claims[" + i + "].resource", claim.resource());
            optionalId(subject, "claims[" + i + "].unit", claim.unit());
            if (!(claim.amount() >= 0) || Double.isInfinite(claim.amount())) {
                throw invalid(
                        subject,
                        "claims[" + i + "].amount",
                        "is " + claim.amount(),
                        "a finite number, 0 or more",
                        "correct the amount");
            }
        }
        for (String key : message.metadata().keySet()) {
            id(subject, "metadata key", key);
        }
        Instant timestamp = message.timestamp();
        if (timestamp.isBefore(FIRST_INSTANT) || timestamp.isAfter(LAST_INSTANT)) {
            throw invalid(
                    subject, "timestamp", "is " + timestamp, "a year from 1 to 9999", "correct the clock or its unit");
        }
        Double duration = message.durationMillis();
        if (duration != null && (!(duration >= 0) || duration.isInfinite())) {
            throw invalid(
                    subject, "durationMillis", "is " + duration, "a finite number, 0 or more", "correct the duration");
        }
        Long sequence = message.sequence();
        if (sequence != null && sequence < 0) {
            throw invalid(subject, "sequence", "is " + sequence, "0 or more", "count from 0 or 1");
        }
    }

    /** The content compact, within its limit. */
    static @Nullable String content(OutgoingMessage message) {
        return message.content() == null
                ? null
                : json(
                        "message " + shown(message.messageId()),
                        "content",
                        message.content(),
                        MAX_CONTENT_BYTES,
                        Json.MAX_DEPTH);
    }

    /** A metadata value compact, within its limit. */
    static String metadata(OutgoingMessage message, Map.Entry<String, String> entry) {
        return json(
                "message " + shown(message.messageId()),
                "metadata." + entry.getKey(),
                entry.getValue(),
                MAX_METADATA_VALUE_BYTES,
                Json.MAX_DEPTH - 1);
    }

    static BusException tooLarge(String subject, String field, long found, int limit) {
        return new BusException(
                Reason.TOO_LARGE,
                subject + ", " + field,
                "has " + found + " bytes as JSON",
                "at most " + limit,
                "send less, or a reference to it");
    }

    private static String json(String subject, String field, String text, int limit, int maxDepth) {
        String compact;
        try {
            compact = Json.compact(text, maxDepth);
        } catch (JacksonException failure) {
            // Only where, never what: the original message quotes the content.
            throw new BusException(
                    Reason.MALFORMED,
                    subject + ", " + field,
                    "is no JSON at character "
                            + (failure.getLocation() == null
                                    ? "?"
                                    : failure.getLocation().getCharOffset())
                            + ", nests deeper than " + maxDepth + ", repeats a member or has a number of more than "
                            + Json.MAX_NUMBER_CHARACTERS + " characters",
                    "one JSON value",
                    "use content(text) for a plain text, or correct the JSON");
        }
        // At most three bytes a char, so short ones need no count.
        if (compact.length() > limit / 3) {
            int bytes = compact.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > limit) {
                throw tooLarge(subject, field, bytes, limit);
            }
        }
        return compact;
    }

    private static void optionalId(String subject, String field, @Nullable String value) {
        if (value != null) {
            id(subject, field, value);
        }
    }

    private static void id(String subject, String field, String value) {
        String complaint = complaint(value);
        if (!complaint.isEmpty()) {
            throw invalid(
                    subject,
                    field,
                    complaint,
                    "1 to " + MAX_ID_CHARACTERS + " printable characters",
                    "choose another id");
        }
    }

    private static String complaint(String value) {
        if (value.isBlank()) {
            return value.isEmpty() ? "is empty" : "is blank";
        }
        int characters = value.codePointCount(0, value.length());
        if (characters > MAX_ID_CHARACTERS) {
            return "has " + characters + " characters";
        }
        for (int i = 0; i < value.length(); ) {
            int point = value.codePointAt(i);
            switch (Character.getType(point)) {
                case Character.CONTROL,
                        Character.SURROGATE,
                        Character.UNASSIGNED,
                        Character.PRIVATE_USE,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR -> {
                    return "has the unprintable character U+%04X at index %d".formatted(point, i);
                }
                default -> i += Character.charCount(point);
            }
        }
        return "";
    }

    private static void count(String subject, String field, int found, int limit) {
        if (found > limit) {
            throw new BusException(
                    Reason.TOO_LARGE,
                    subject + ", " + field,
                    "has " + found + " entries",
                    "at most " + limit,
                    "send fewer");
        }
    }

    private static BusException invalid(String subject, String field, String found, String expected, String remedy) {
        return new BusException(Reason.INVALID, subject + ", " + field, found, expected, remedy);
    }

    private static String shown(String id) {
        StringBuilder shown = new StringBuilder();
        id.codePoints()
                .limit(80)
                .forEach(point -> shown.appendCodePoint(
                        Character.isISOControl(point) || Character.getType(point) == Character.SURROGATE
                                ? '?'
                                : point));
        return shown.toString();
    }
}
