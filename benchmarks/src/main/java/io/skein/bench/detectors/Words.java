package io.skein.bench.detectors;

import java.util.List;
import java.util.Random;

/** Made-up words, so that what agents say differs as much as it should. */
final class Words {
    private static final String[] SYLLABLES = {
        "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "qui", "ro", "su", "ta", "ve", "wi",
        "xo", "zu", "bra", "cle", "dri", "flo", "gru", "sta", "tre", "pli", "sno", "spu"
    };

    private Words() {}

    static String one(Random random) {
        StringBuilder word = new StringBuilder();
        for (int i = 2 + random.nextInt(2); i > 0; i--) {
            word.append(SYLLABLES[random.nextInt(SYLLABLES.length)]);
        }
        return word.toString();
    }

    static String some(Random random, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : " ").append(one(random));
        }
        return text.toString();
    }

    static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
