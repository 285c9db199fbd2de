package io.skein.graph;

import java.util.Arrays;

/** Latency sketches by index, empty ones where nothing is known; a stretch of edges without any costs nothing. */
final class SketchColumn {
    private static final int BITS = 12;
    private static final int CHUNK = 1 << BITS;
    private static final char[] NOTHING = {};
    private static final char[][] UNTOUCHED = {};

    private char[][][] chunks = new char[0][][];

    char[] get(int index) {
        int chunk = index >>> BITS;
        return chunk >= chunks.length || chunks[chunk] == UNTOUCHED ? NOTHING : chunks[chunk][index & (CHUNK - 1)];
    }

    void set(int index, char[] sketch) {
        int chunk = index >>> BITS;
        int known = chunks.length;
        if (chunk >= known) {
            chunks = Arrays.copyOf(chunks, chunk + 1);
            Arrays.fill(chunks, known, chunks.length, UNTOUCHED);
        }
        if (chunks[chunk] == UNTOUCHED) {
            chunks[chunk] = new char[CHUNK][];
            Arrays.fill(chunks[chunk], NOTHING);
        }
        chunks[chunk][index & (CHUNK - 1)] = sketch;
    }
}
