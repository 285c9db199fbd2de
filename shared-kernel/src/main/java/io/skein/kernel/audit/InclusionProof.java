package io.skein.kernel.audit;

import java.util.List;

/**
 * That the event at a position is in the tree of the first {@code treeSize} events (RFC 6962).
 *
 * @param leafIndex position − 1
 * @param path nearest sibling first
 */
public record InclusionProof(
        long position, long leafIndex, long treeSize, String leafHash, List<String> path, String rootHash) {
    public InclusionProof {
        path = List.copyOf(path);
    }
}
