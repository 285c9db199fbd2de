package io.skein.projection.metrics;

import io.skein.eventlog.LogPages;
import io.skein.eventlog.LogReader;
import io.skein.eventlog.LogRow;
import io.skein.eventlog.MessageIds;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.jspecify.annotations.Nullable;

/** When was a request sent? Asks the log; remembers the newest ones only to ask less. */
final class Causes {
    record Key(String network, String message) {}

    /** @param sentAt null where the message is no recorded request */
    record Cause(long position, @Nullable Instant sentAt) {}

    private static final int ASK_AT_ONCE = 1_000;

    private final LogPages log;
    private final LogReader reader;
    private final Map<Key, Cause> newest;

    Causes(LogPages log, LogReader reader, int remembered) {
        this.log = log;
        this.reader = reader;
        this.newest = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Key, Cause> eldest) {
                return size() > remembered;
            }
        };
    }

    void remember(Message request, long position) {
        newest.put(
                new Key(request.networkId().value(), request.messageId().value()),
                new Cause(position, request.timestamp()));
    }

    /** What is known of these messages; those that the log does not have are left out. */
    Map<Key, Cause> find(Collection<Key> keys) {
        Map<Key, Cause> found = new LinkedHashMap<>();
        Map<UUID, Key> unknown = new LinkedHashMap<>();
        for (Key key : keys) {
            Cause remembered = newest.get(key);
            if (remembered != null) {
                found.put(key, remembered);
            } else {
                unknown.put(MessageIds.eventId(new NetworkId(key.network()), new MessageId(key.message())), key);
            }
        }
        List<UUID> ids = new ArrayList<>(unknown.keySet());
        for (int from = 0; from < ids.size(); from += ASK_AT_ONCE) {
            List<LogRow> rows = log.withIds(ids.subList(from, Math.min(ids.size(), from + ASK_AT_ONCE)));
            for (TrackedEventMessage<?> row : reader.messages(rows)) {
                Key key = unknown.get(UUID.fromString(row.getIdentifier()));
                if (key != null) {
                    found.put(key, cause(row));
                }
            }
        }
        return found;
    }

    private static Cause cause(TrackedEventMessage<?> row) {
        long position = row.trackingToken().position().orElse(Long.MAX_VALUE);
        boolean request = row.getPayload() instanceof MessageRecorded recorded
                && recorded.message().type() == MessageType.REQUEST;
        return new Cause(
                position,
                request ? ((MessageRecorded) row.getPayload()).message().timestamp() : null);
    }
}
