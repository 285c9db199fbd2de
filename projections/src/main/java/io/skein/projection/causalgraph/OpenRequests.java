package io.skein.projection.causalgraph;

import io.skein.kernel.message.Message;
import it.unimi.dsi.fastutil.longs.Long2LongLinkedOpenHashMap;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/**
 * When the newest requests were sent, until they are answered. Answers to requests that 65,536 later unanswered ones have pushed out are not timed.
 */
final class OpenRequests {
    /** Names the way it remembers. */
    static final String VERSION = "open-requests-1";

    private static final int REMEMBERED = 1 << 16;
    private static final long NOT_THERE = Long.MIN_VALUE;
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final long MAX_MICROS = Duration.ofDays(1).toMillis() * 1_000;

    private final Long2LongLinkedOpenHashMap sentAt = new Long2LongLinkedOpenHashMap();

    OpenRequests() {
        sentAt.defaultReturnValue(NOT_THERE);
    }

    void remember(Message request) {
        if (sentAt.size() >= REMEMBERED) {
            sentAt.removeFirstLong();
        }
        sentAt.put(
                key(
                        request.networkId().value(),
                        request.agentId().value(),
                        request.messageId().value()),
                micros(request.timestamp()));
    }

    /**
     * How long the asker waited for its first answer, by both senders' clocks; at most a day.
     *
     * @param asker a target of the response
     * @return microseconds, or -1 where the request is not known, was answered before, or is younger than its answer
     */
    long answered(Message response, String asker) {
        if (response.causationId() == null) {
            return -1;
        }
        long sent = sentAt.remove(
                key(response.networkId().value(), asker, response.causationId().value()));
        if (sent == NOT_THERE) {
            return -1;
        }
        long waited = micros(response.timestamp()) - sent;
        return waited < 0 ? -1 : Math.min(MAX_MICROS, waited);
    }

    private static long micros(Instant instant) {
        return instant.getEpochSecond() * MICROS_PER_SECOND + instant.getNano() / 1_000;
    }

    // 64-bit FNV-1a: two of 65,536 requests meet once in eight thousand million fleets.
    private static long key(String network, String agent, String message) {
        long hash = 0xcbf29ce484222325L;
        for (String part : new String[] {network, agent, message}) {
            for (int i = 0; i < part.length(); i++) {
                hash = (hash ^ part.charAt(i)) * 0x100000001b3L;
            }
            hash = (hash ^ Character.MAX_VALUE) * 0x100000001b3L;
        }
        return hash;
    }

    void save(DataOutputStream out) throws IOException {
        out.writeInt(sentAt.size());
        for (var entry : sentAt.long2LongEntrySet()) {
            out.writeLong(entry.getLongKey());
            out.writeLong(entry.getLongValue());
        }
    }

    void restore(DataInputStream in) throws IOException {
        sentAt.clear();
        for (int left = in.readInt(); left > 0; left--) {
            sentAt.put(in.readLong(), in.readLong());
        }
    }
}
