package io.skein.kernel.audit;

import org.jspecify.annotations.Nullable;

/** What can be asked of the Merkle tree and its checkpoints. Hashes are base64. */
public sealed interface ProofQuery {
    /** An {@link io.skein.kernel.page.Answer} with an optional {@link SignedCheckpoint}: the newest that covers at least {@code size} events; null: the newest. */
    record FindCheckpoint(@Nullable Long size) implements ProofQuery {}

    /** All checkpoints, newest first, a page of {@link SignedCheckpoint}. */
    record ListCheckpoints(@Nullable String cursor, int limit) implements ProofQuery {}

    /** All keys that checkpoints were signed with, oldest first, an {@link io.skein.kernel.page.Answer} with a list of {@link LogKey}. */
    record ListKeys() implements ProofQuery {}

    /** An {@link InclusionProof}; {@code size} null: of the newest checkpoint. */
    record ProveInclusion(long position, @Nullable Long size) implements ProofQuery {}

    /** A {@link ConsistencyProof}; {@code to} null: the newest checkpoint. */
    record ProveConsistency(long from, @Nullable Long to) implements ProofQuery {}

    /** A {@link Completeness}: what each projection has taken in, and the root over exactly that. */
    record FindCompleteness() implements ProofQuery {}

    /** The hashes of a tile (C2SP tlog-tiles); {@code width} 1 to 256. */
    record FindTile(int level, long index, int width) implements ProofQuery {}
}
