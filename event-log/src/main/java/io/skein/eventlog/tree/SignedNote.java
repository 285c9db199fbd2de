package io.skein.eventlog.tree;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A text with signatures (C2SP signed-note): the text, an empty line, one line a signature.
 *
 * @param text ends with a line feed
 */
public record SignedNote(String text, List<Line> signatures) {
    private static final String DASH = "— ";

    /** One signature line. */
    public record Line(String name, String keyId, byte[] signature) {}

    public SignedNote {
        signatures = List.copyOf(signatures);
    }

    /** Signs the text; it must end with a line feed. */
    public static String sign(String text, SigningKey key) {
        byte[] signature = key.sign(text.getBytes(StandardCharsets.UTF_8));
        ByteBuffer line = ByteBuffer.allocate(4 + signature.length)
                .put(HexFormat.of().parseHex(key.verifier().id()))
                .put(signature);
        return text + "\n" + DASH + key.verifier().name() + " "
                + Base64.getEncoder().encodeToString(line.array()) + "\n";
    }

    /** @throws IllegalArgumentException if it is no signed note */
    public static SignedNote parse(String note) {
        int end = note.lastIndexOf("\n\n");
        if (end < 0 || !note.endsWith("\n")) {
            throw new IllegalArgumentException("note has no empty line before its signatures, or no end of line");
        }
        List<Line> lines = new ArrayList<>();
        for (String line : note.substring(end + 2).split("\n")) {
            int space = line.indexOf(' ', DASH.length());
            if (!line.startsWith(DASH) || space < 0) {
                throw new IllegalArgumentException("note has a line among its signatures that is none");
            }
            byte[] bytes = Base64.getDecoder().decode(line.substring(space + 1));
            if (bytes.length < 5) {
                throw new IllegalArgumentException("note has a signature of " + bytes.length + " bytes");
            }
            lines.add(new Line(
                    line.substring(DASH.length(), space),
                    HexFormat.of().formatHex(bytes, 0, 4),
                    Arrays.copyOfRange(bytes, 4, bytes.length)));
        }
        return new SignedNote(note.substring(0, end + 1), lines);
    }

    /** The first of the keys that signed it; none where no signature of theirs is right. */
    public Optional<VerifierKey> signedBy(Collection<VerifierKey> keys) {
        byte[] message = text.getBytes(StandardCharsets.UTF_8);
        return keys.stream()
                .filter(key -> signatures.stream()
                        .anyMatch(line -> line.name().equals(key.name())
                                && line.keyId().equals(key.id())
                                && key.verifies(message, line.signature())))
                .findFirst();
    }
}
