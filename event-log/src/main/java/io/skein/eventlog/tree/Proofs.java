package io.skein.eventlog.tree;

import java.util.Arrays;
import java.util.List;

/** Checks proofs (RFC 9162, 2.1.3.2 and 2.1.4.2). Stateless. */
public final class Proofs {
    private Proofs() {}

    /** Whether the path leads from the leaf to the root. */
    public static boolean includes(byte[] leafHash, long index, long size, List<byte[]> path, byte[] root) {
        if (index < 0 || index >= size) {
            return false;
        }
        Hashes hashes = new Hashes();
        long node = index;
        long last = size - 1;
        byte[] computed = leafHash;
        for (byte[] sibling : path) {
            if (last == 0) {
                return false;
            }
            if ((node & 1) == 1 || node == last) {
                computed = hashes.node(sibling, computed);
                while ((node & 1) == 0 && node != 0) {
                    node >>>= 1;
                    last >>>= 1;
                }
            } else {
                computed = hashes.node(computed, sibling);
            }
            node >>>= 1;
            last >>>= 1;
        }
        return last == 0 && Arrays.equals(computed, root);
    }

    /** Whether the tree with the first root is the beginning of that with the second. */
    public static boolean isBeginning(long from, byte[] fromRoot, long to, byte[] toRoot, List<byte[]> proof) {
        if (from == to) {
            return proof.isEmpty() && Arrays.equals(fromRoot, toRoot);
        }
        if (from == 0) {
            return proof.isEmpty() && Arrays.equals(fromRoot, new Hashes().empty());
        }
        if (from > to || proof.isEmpty()) {
            return false;
        }
        Hashes hashes = new Hashes();
        boolean whole = Long.bitCount(from) == 1;
        long node = from - 1;
        long last = to - 1;
        while ((node & 1) == 1) {
            node >>>= 1;
            last >>>= 1;
        }
        int next = 0;
        byte[] before = whole ? fromRoot : proof.get(next++);
        byte[] after = before;
        for (; next < proof.size(); next++) {
            byte[] sibling = proof.get(next);
            if (last == 0) {
                return false;
            }
            if ((node & 1) == 1 || node == last) {
                before = hashes.node(sibling, before);
                after = hashes.node(sibling, after);
                while ((node & 1) == 0 && node != 0) {
                    node >>>= 1;
                    last >>>= 1;
                }
            } else {
                after = hashes.node(after, sibling);
            }
            node >>>= 1;
            last >>>= 1;
        }
        return last == 0 && Arrays.equals(before, fromRoot) && Arrays.equals(after, toRoot);
    }
}
