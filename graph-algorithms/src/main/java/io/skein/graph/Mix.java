package io.skein.graph;

/** Spreads numbers over all bits, the same way always (the finalizer of MurmurHash3). */
final class Mix {
    private Mix() {}

    static int of(long value) {
        long mixed = value;
        mixed ^= mixed >>> 33;
        mixed *= 0xff51afd7ed558ccdL;
        mixed ^= mixed >>> 33;
        mixed *= 0xc4ceb9fe1a85ec53L;
        mixed ^= mixed >>> 33;
        return (int) mixed;
    }
}
