package io.skein.graph;

import java.util.Arrays;

/** Numbers by index: small while few, then in chunks, so that growing never copies more than one chunk. */
final class LongColumn {
    private static final int BITS = 16;
    private static final int CHUNK = 1 << BITS;
    private static final int SMALLEST = 16;

    private long[][] chunks = {new long[SMALLEST]};
    private int size;

    int size() {
        return size;
    }

    void add(long value) {
        int chunk = size >>> BITS;
        int at = size & (CHUNK - 1);
        if (chunk == chunks.length) {
            chunks = Arrays.copyOf(chunks, chunk + 1);
            chunks[chunk] = new long[CHUNK];
        } else if (at == chunks[chunk].length) {
            chunks[chunk] = Arrays.copyOf(chunks[chunk], Math.min(CHUNK, at * 2));
        }
        chunks[chunk][at] = value;
        size++;
    }

    long get(int index) {
        return chunks[index >>> BITS][index & (CHUNK - 1)];
    }

    void set(int index, long value) {
        chunks[index >>> BITS][index & (CHUNK - 1)] = value;
    }

    void plus(int index, long more) {
        chunks[index >>> BITS][index & (CHUNK - 1)] += more;
    }
}
