package io.skein.projection.loops;

import io.skein.kernel.message.JsonText;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which words a message says, as a set of hashes: runs of two or more letters without regard to case, and single ideographs; numbers and ids
 * (runs with a digit) are no words. Only the first {@value #MAX_CHARACTERS} characters count.
 */
final class Words {
    static final int MAX_CHARACTERS = 2_048;
    static final int[] NONE = {};

    private Words() {}

    /** Distinct, ascending. */
    static int[] of(@Nullable JsonText content) {
        if (content == null) {
            return NONE;
        }
        String text = content.value();
        int end = Math.min(text.length(), MAX_CHARACTERS);
        int[] hashes = new int[end / 2 + 1];
        int count = 0;
        int hash = 0;
        int letters = 0;
        boolean digits = false;
        for (int i = 0; i <= end; i++) {
            char c = i < end ? text.charAt(i) : ' ';
            if (c == '\\' && i + 1 < end) {
                // An escape of JSON ends a word and says nothing itself.
                i += text.charAt(i + 1) == 'u' ? 5 : 1;
                c = ' ';
            }
            if (Character.isIdeographic(c)) {
                hashes = ensure(hashes, count + 2);
                if (letters >= 2 && !digits) {
                    hashes[count++] = mix(hash);
                }
                hashes[count++] = mix(c);
                hash = 0;
                letters = 0;
                digits = false;
            } else if (Character.isLetter(c)) {
                hash = hash * 31 + Character.toLowerCase(c);
                letters++;
            } else if (Character.isDigit(c)) {
                digits = true;
            } else {
                if (letters >= 2 && !digits) {
                    hashes = ensure(hashes, count + 1);
                    hashes[count++] = mix(hash);
                }
                hash = 0;
                letters = 0;
                digits = false;
            }
        }
        return distinct(hashes, count);
    }

    /** Share of the words of both that both have; 0 where neither has any. */
    static double similarity(int[] one, int[] other) {
        int common = 0;
        for (int i = 0, j = 0; i < one.length && j < other.length; ) {
            if (one[i] == other[j]) {
                common++;
                i++;
                j++;
            } else if (one[i] < other[j]) {
                i++;
            } else {
                j++;
            }
        }
        int all = one.length + other.length - common;
        return all == 0 ? 0 : (double) common / all;
    }

    /** The same for equal content; 0 for none. */
    static long fingerprint(@Nullable JsonText content) {
        if (content == null
                || content.value().isEmpty()
                || "\"\"".equals(content.value())
                || "null".equals(content.value())) {
            return 0;
        }
        long hash = 0xcbf29ce484222325L;
        String text = content.value();
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash == 0 ? 1 : hash;
    }

    private static int[] ensure(int[] hashes, int length) {
        return length <= hashes.length ? hashes : Arrays.copyOf(hashes, length * 2);
    }

    private static int mix(int hash) {
        int mixed = hash * 0x9E3779B9;
        return mixed ^ (mixed >>> 15);
    }

    private static int[] distinct(int[] hashes, int count) {
        Arrays.sort(hashes, 0, count);
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || hashes[i] != hashes[i - 1]) {
                hashes[kept++] = hashes[i];
            }
        }
        return Arrays.copyOf(hashes, kept);
    }
}
