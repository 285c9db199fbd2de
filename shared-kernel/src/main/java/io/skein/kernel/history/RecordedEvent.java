package io.skein.kernel.history;

import io.skein.kernel.message.JsonText;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One event of the log with all that it says.
 *
 * @param revision of the event's form; null where it never had another
 * @param contentMasked whether what the message said has been left out
 */
public record RecordedEvent(
        long position,
        UUID eventId,
        String eventType,
        @Nullable String revision,
        String aggregateType,
        String aggregateId,
        long sequence,
        Instant recordedAt,
        JsonText payload,
        boolean contentMasked) {}
