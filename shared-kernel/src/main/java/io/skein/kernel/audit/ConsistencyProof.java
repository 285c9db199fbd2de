package io.skein.kernel.audit;

import java.util.List;

/** That the tree of the first {@code from} events is the beginning of that of the first {@code to} (RFC 6962). */
public record ConsistencyProof(long from, long to, String fromRootHash, String toRootHash, List<String> path) {
    public ConsistencyProof {
        path = List.copyOf(path);
    }
}
