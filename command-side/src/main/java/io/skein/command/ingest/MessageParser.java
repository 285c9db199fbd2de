package io.skein.command.ingest;

import io.skein.command.ingest.Parsed.NotUnderstood;
import io.skein.command.ingest.Parsed.Understood;
import io.skein.kernel.message.MessageLimits;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns one message's bytes into a message, or says what is wrong with them. Strict: exact UTF-8, no member twice, all limits of {@link MessageLimits}.
 * Takes the message as the API describes it and the older snake-case dialect. Never throws for what somebody sent. Thread-safe.
 */
public final class MessageParser {
    private static final int MAX_NUMBER_CHARACTERS = 400;
    private static final int MAX_NAME_CHARACTERS = 32 * 1024;

    private static final JsonMapper STRICT = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MessageLimits.MAX_DEPTH + 1)
                            .maxNumberLength(MAX_NUMBER_CHARACTERS)
                            .maxStringLength(MessageLimits.MAX_MESSAGE_BYTES)
                            .maxNameLength(MAX_NAME_CHARACTERS)
                            .build())
                    .build())
            .build();

    public Parsed parse(byte[] bytes) {
        return parse(bytes, 0, bytes.length);
    }

    public Parsed parse(byte[] bytes, int offset, int length) {
        MessageReading reading = new MessageReading();
        try {
            return new Understood(strictly(bytes, offset, length, reading::read, reading::path), length);
        } catch (RefusedException refused) {
            return new NotUnderstood(refused.refusal(), reading.networkText(), reading.messageText());
        }
    }

    /**
     * Reads JSON by the rules of this door.
     *
     * @param place which field is being read
     * @throws RefusedException if it breaks them
     */
    static <T> T strictly(
            byte[] bytes, int offset, int length, Function<JsonParser, T> reading, Supplier<String> place) {
        if (length > MessageLimits.MAX_MESSAGE_BYTES) {
            throw refused(
                    Reason.TOO_LARGE,
                    "",
                    "message has " + length + " bytes; expected at most " + MessageLimits.MAX_MESSAGE_BYTES);
        }
        CharBuffer text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, offset, length));
        } catch (CharacterCodingException malformed) {
            throw refused(Reason.MALFORMED, "", "message has bytes that are no UTF-8; expected JSON in UTF-8");
        }
        try (JsonParser parser = STRICT.createParser(text.array(), text.arrayOffset(), text.length())) {
            return reading.apply(parser);
        } catch (StreamConstraintsException limit) {
            throw refused(
                    Reason.TOO_LARGE,
                    place.get(),
                    "message nests deeper than " + MessageLimits.MAX_DEPTH + " levels or has a number of more than "
                            + MAX_NUMBER_CHARACTERS + " or a name of more than " + MAX_NAME_CHARACTERS
                            + " characters at " + place(limit));
        } catch (JacksonException broken) {
            throw refused(Reason.MALFORMED, place.get(), complaint(broken));
        }
    }

    // The library's own words may quote content, so only their kind is told.
    private static String complaint(JacksonException broken) {
        String words = broken.getOriginalMessage();
        if (words != null && words.startsWith("Duplicate")) {
            return "message has a member twice in one object at " + place(broken) + "; expected each name once";
        }
        return "message is no JSON at " + place(broken) + "; expected one JSON object";
    }

    private static String place(JacksonException broken) {
        return broken.getLocation() == null
                ? "its end"
                : "line " + broken.getLocation().getLineNr() + ", column "
                        + broken.getLocation().getColumnNr();
    }

    private static RefusedException refused(Reason reason, String field, String detail) {
        return new RefusedException(new Refusal(reason, field, detail));
    }
}
