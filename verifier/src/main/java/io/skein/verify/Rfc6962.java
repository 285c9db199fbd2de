package io.skein.verify;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/** Hashes and proofs of RFC 6962, computed from the definition. Not thread-safe. */
final class Rfc6962 {
    private final MessageDigest sha256;

    Rfc6962() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this Java has no SHA-256", missing);
        }
    }

    byte[] empty() {
        return sha256.digest();
    }

    byte[] leaf(byte[] bytes) {
        sha256.update((byte) 0);
        return sha256.digest(bytes);
    }

    byte[] node(byte[] left, byte[] right) {
        sha256.update((byte) 1);
        sha256.update(left);
        return sha256.digest(right);
    }

    /** The root that an inclusion path leads to; follows the recursive definition from the root downwards. */
    byte[] rootOf(byte[] leaf, long index, long size, List<byte[]> path) {
        if (size == 1) {
            if (!path.isEmpty()) {
                throw new BrokenException("the path is longer than the tree is high");
            }
            return leaf;
        }
        if (path.isEmpty()) {
            throw new BrokenException("the path is shorter than the tree is high");
        }
        long left = below(size);
        byte[] sibling = path.getLast();
        List<byte[]> rest = path.subList(0, path.size() - 1);
        return index < left
                ? node(rootOf(leaf, index, left, rest), sibling)
                : node(sibling, rootOf(leaf, index - left, size - left, rest));
    }

    /** Both roots that a consistency path leads to: of the smaller tree and of the larger. */
    byte[][] rootsOf(long from, byte[] fromRoot, long to, List<byte[]> path) {
        List<byte[]> left = new ArrayList<>(path);
        byte[][] roots = rootsOf(from, fromRoot, to, true, left);
        if (!left.isEmpty()) {
            throw new BrokenException("the path is longer than the tree is high");
        }
        return roots;
    }

    private byte[][] rootsOf(long from, byte[] fromRoot, long to, boolean whole, List<byte[]> path) {
        if (from == to) {
            byte[] root = whole ? fromRoot : take(path, 0);
            return new byte[][] {root, root};
        }
        long left = below(to);
        byte[] sibling = take(path, path.size() - 1);
        if (from <= left) {
            byte[][] roots = rootsOf(from, fromRoot, left, whole, path);
            return new byte[][] {roots[0], node(roots[1], sibling)};
        }
        byte[][] roots = rootsOf(from - left, fromRoot, to - left, false, path);
        return new byte[][] {node(sibling, roots[0]), node(sibling, roots[1])};
    }

    private static byte[] take(List<byte[]> path, int index) {
        if (path.isEmpty()) {
            throw new BrokenException("the path is shorter than the tree is high");
        }
        return path.remove(index);
    }

    /** Largest power of two that is smaller. */
    private static long below(long size) {
        return Long.highestOneBit(size - 1);
    }
}
