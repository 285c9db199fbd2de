package io.skein.kernel.audit;

import java.time.Instant;

/**
 * A checkpoint as the log holds it.
 *
 * @param position of its own event, behind what it covers
 * @param treeSize number of events it covers
 * @param note the signed note, exactly
 */
public record SignedCheckpoint(
        long position, String origin, long treeSize, String rootHash, String keyId, String note, Instant recordedAt) {}
