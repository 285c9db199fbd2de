package io.skein.kernel.projection;

import io.skein.kernel.message.JsonText;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something done to a projection.
 *
 * @param act as {@code shadow}
 * @param subject the operation that it concerns, as the shadow that is cut over
 * @param state {@code waiting}, {@code running}, {@code following} (a shadow that keeps up with the log), {@code done} or {@code failed}
 * @param detail why it failed
 * @param reached how far it is, and {@code target} where it goes
 * @param result what came out, as a difference report
 */
public record ProjectionOperation(
        UUID operationId,
        String act,
        String projection,
        @Nullable UUID subject,
        JsonText parameters,
        String by,
        String reason,
        String state,
        @Nullable String node,
        @Nullable String detail,
        long reached,
        long target,
        @Nullable JsonText result,
        Instant startedAt,
        Instant toldAt) {}
