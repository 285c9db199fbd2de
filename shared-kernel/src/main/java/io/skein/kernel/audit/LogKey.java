package io.skein.kernel.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key that checkpoints were signed with from a position on.
 *
 * @param publicKey verifier key, {@code name+id+base64}
 * @param vouching note about it signed with the key it replaces
 */
public record LogKey(
        long position,
        String origin,
        String keyId,
        String publicKey,
        @Nullable String replaces,
        @Nullable String vouching,
        Instant recordedAt) {}
