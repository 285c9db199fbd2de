package io.skein.command.ingest.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** A dead letter's content as it is shown: masked, so that what is wrong with its shape can be seen but not what it says; or as it came. */
final class LetterContent {
    /** Enough to see the shape by. */
    private static final int MASKED_BYTES = 16 * 1024;

    private LetterContent() {}

    /** Letters become {@code x}, digits {@code 0}, bytes that are no character {@code ?}; what JSON is made of stays. */
    static String masked(byte[] original) {
        String text = new String(original, 0, Math.min(original.length, MASKED_BYTES), StandardCharsets.UTF_8);
        StringBuilder masked = new StringBuilder(text.length());
        text.codePoints().forEach(character -> masked.append(mask(character)));
        return masked.toString();
    }

    private static char mask(int character) {
        if (character == 0xFFFD) {
            return '?';
        }
        if (Character.isDigit(character)) {
            return '0';
        }
        return character < 0x80 && !Character.isLetter(character) ? (char) character : 'x';
    }

    /** {@code text} where it is UTF-8, else {@code base64}. */
    static Map<String, Object> asItCame(byte[] original) {
        Map<String, Object> content = new LinkedHashMap<>();
        try {
            content.put(
                    "text",
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(original))
                            .toString());
        } catch (CharacterCodingException noText) {
            content.put("base64", Base64.getEncoder().encodeToString(original));
        }
        return content;
    }
}
