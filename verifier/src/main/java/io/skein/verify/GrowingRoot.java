package io.skein.verify;

import java.util.ArrayList;
import java.util.List;

/** Root over leaves that come one after the other, and over subtrees that stand for leaves nobody shows; remembers one hash a level. */
final class GrowingRoot {
    private final Rfc6962 hashes = new Rfc6962();
    private final List<byte[]> roots = new ArrayList<>();
    private final List<Integer> heights = new ArrayList<>();
    private long size;

    long size() {
        return size;
    }

    void add(byte[] leafHash) {
        add(leafHash, 0);
    }

    /** Adds the subtrees that cover the leaves up to {@code to}, each the largest that fits at its place. */
    void addCover(long to, List<byte[]> cover, String what) {
        int used = 0;
        while (size < to) {
            int fits = 63 - Long.numberOfLeadingZeros(to - size);
            int height = size == 0 ? fits : Math.min(fits, Long.numberOfTrailingZeros(size));
            if (used == cover.size()) {
                throw new BrokenException(what + " has " + used + " hashes; expected more");
            }
            add(cover.get(used++), height);
        }
        if (used != cover.size()) {
            throw new BrokenException(what + " has " + cover.size() + " hashes; expected " + used);
        }
    }

    private void add(byte[] hash, int height) {
        size += 1L << height;
        byte[] root = hash;
        int level = height;
        while (!heights.isEmpty() && heights.getLast() == level) {
            root = hashes.node(roots.removeLast(), root);
            heights.removeLast();
            level++;
        }
        roots.add(root);
        heights.add(level);
    }

    byte[] root() {
        if (roots.isEmpty()) {
            return hashes.empty();
        }
        byte[] root = roots.getLast();
        for (int i = roots.size() - 2; i >= 0; i--) {
            root = hashes.node(roots.get(i), root);
        }
        return root;
    }
}
