package io.skein.query.reading;

import io.skein.kernel.page.Page;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/** The last key of a page as an opaque text: base64url over the kind of list and the key. Naming a key, not an offset, it is stable while rows are added. */
public final class Cursor {
    private static final char SEPARATOR = ':';

    private Cursor() {}

    /** @param kind names the list and its order, so that a cursor of another list is refused */
    public static String of(String kind, String key) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((kind + SEPARATOR + key).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The key, as {@code parse} understands it.
     *
     * @param parse throws {@link IllegalArgumentException} for what is no key
     * @throws RefusedException if the text was not given out for this kind of list
     */
    public static <T> T key(String kind, String cursor, Function<String, T> parse) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor)))
                    .toString();
            if (!text.startsWith(kind + SEPARATOR)) {
                throw refused();
            }
            return parse.apply(text.substring(kind.length() + 1));
        } catch (IllegalArgumentException | CharacterCodingException unreadable) {
            throw refused();
        }
    }

    /**
     * The page that these rows make.
     *
     * @param rows up to one more than the limit; the one more tells that there is a next page
     * @param key of a row, as {@link #key} will parse it
     */
    public static <T> Page<T> page(long position, List<T> rows, int limit, String kind, Function<T, String> key) {
        if (rows.size() <= limit) {
            return new Page<>(position, rows, null);
        }
        List<T> items = rows.subList(0, limit);
        return new Page<>(position, items, of(kind, key.apply(items.getLast())));
    }

    private static RefusedException refused() {
        return new RefusedException(new Refusal(
                Reason.INVALID,
                "cursor",
                "the cursor was not given out for this list and order; expected the 'next' of the answer before"));
    }
}
