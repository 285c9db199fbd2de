package io.skein.graph;

import java.util.Arrays;

/** Small numbers by index: small while few, then in chunks, so that growing never copies more than one chunk. */
final class IntColumn {
    private static final int BITS = 16;
    private static final int CHUNK = 1 << BITS;
    private static final int SMALLEST = 16;

    private int[][] chunks = {new int[SMALLEST]};
    private int size;

    int size() {
        return size;
    }

    void add(int value) {
        int chunk = size >>> BITS;
        int at = size & (CHUNK - 1);
        if (chunk == chunks.length) {
            chunks = Arrays.copyOf(chunks, chunk + 1);
            chunks[chunk] = new int[CHUNK];
        } else if (at == chunks[chunk].length) {
            chunks[chunk] = Arrays.copyOf(chunks[chunk], Math.min(CHUNK, at * 2));
        }
        chunks[chunk][at] = value;
        size++;
    }

    int get(int index) {
        return chunks[index >>> BITS][index & (CHUNK - 1)];
    }

    void set(int index, int value) {
        chunks[index >>> BITS][index & (CHUNK - 1)] = value;
    }

    void plus(int index, int more) {
        chunks[index >>> BITS][index & (CHUNK - 1)] += more;
    }
}
