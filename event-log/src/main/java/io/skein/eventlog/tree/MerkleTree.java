package io.skein.eventlog.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Roots and proofs of RFC 6962 out of tiles. A leaf's index is its position less one. Each answer reads at most about 2 tiles a level of tiles; O(log n) hashes
 * beyond that. Not thread-safe.
 */
public final class MerkleTree {
    private final Tiles tiles;
    private final Hashes hashes = new Hashes();

    public MerkleTree(Tiles tiles) {
        this.tiles = tiles;
    }

    /** Root over the first {@code size} leaves. */
    public byte[] root(long size) {
        return size == 0 ? hashes.empty() : range(0, size);
    }

    public byte[] leafHash(long index) {
        return node(0, index);
    }

    /** The hashes that lead from leaf {@code index} to the root over {@code size} leaves, nearest first (RFC 6962, 2.1.1). */
    public List<byte[]> inclusion(long index, long size) {
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("leaf " + index + " is not in a tree of " + size + " leaves");
        }
        List<byte[]> path = new ArrayList<>();
        inclusion(index, 0, size, path);
        return path;
    }

    /** The hashes that prove the tree of {@code from} leaves to be the beginning of that of {@code to} (RFC 6962, 2.1.2); empty where either is trivial. */
    public List<byte[]> consistency(long from, long to) {
        if (from < 0 || from > to) {
            throw new IllegalArgumentException("a tree of " + from + " leaves is no beginning of one of " + to);
        }
        List<byte[]> proof = new ArrayList<>();
        if (from > 0 && from < to) {
            consistency(from, 0, to, true, proof);
        }
        return proof;
    }

    /**
     * The roots of the largest full subtrees that cover the leaves {@code [from, to)} side by side, in order: what a verifier needs to know of leaves it is not shown.
     */
    public List<byte[]> cover(long from, long to) {
        List<byte[]> cover = new ArrayList<>();
        for (long at = from; at < to; ) {
            int level = largest(at, to);
            cover.add(node(level, at >>> level));
            at += 1L << level;
        }
        return cover;
    }

    /** Height of the largest full subtree that begins at leaf {@code at} and does not reach beyond {@code to}. */
    static int largest(long at, long to) {
        int aligned = at == 0 ? Long.SIZE - 2 : Long.numberOfTrailingZeros(at);
        int fits = Long.SIZE - 1 - Long.numberOfLeadingZeros(to - at);
        return Math.min(aligned, fits);
    }

    private void inclusion(long index, long low, long high, List<byte[]> path) {
        if (high - low == 1) {
            return;
        }
        long middle = low + split(high - low);
        if (index < middle) {
            inclusion(index, low, middle, path);
            path.add(range(middle, high));
        } else {
            inclusion(index, middle, high, path);
            path.add(range(low, middle));
        }
    }

    private void consistency(long from, long low, long high, boolean known, List<byte[]> proof) {
        if (from == high) {
            if (!known) {
                proof.add(range(low, high));
            }
            return;
        }
        long middle = low + split(high - low);
        if (from <= middle) {
            consistency(from, low, middle, known, proof);
            proof.add(range(middle, high));
        } else {
            consistency(from, middle, high, false, proof);
            proof.add(range(low, middle));
        }
    }

    /** Largest power of two below the number of leaves. */
    private static long split(long leaves) {
        return Long.highestOneBit(leaves - 1);
    }

    /** Root over {@code [low, high)}, where low is a multiple of the range's largest subtree. */
    private byte[] range(long low, long high) {
        List<byte[]> cover = cover(low, high);
        byte[] root = cover.getLast();
        for (int i = cover.size() - 2; i >= 0; i--) {
            root = hashes.node(cover.get(i), root);
        }
        return root;
    }

    /** Root of the full subtree of {@code 2^level} leaves that begins at leaf {@code index × 2^level}. */
    private byte[] node(int level, long index) {
        int tileLevel = level / Tiles.HEIGHT;
        int inside = level % Tiles.HEIGHT;
        long first = index << inside;
        int offset = (int) (first & (Tiles.WIDTH - 1));
        int count = 1 << inside;
        byte[] tile = tiles.tile(tileLevel, first / Tiles.WIDTH, offset + count);
        return count == 1
                ? Arrays.copyOfRange(tile, offset * Hashes.SIZE, (offset + 1) * Hashes.SIZE)
                : hashes.fold(tile, offset * Hashes.SIZE, count);
    }
}
