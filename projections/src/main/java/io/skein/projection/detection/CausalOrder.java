package io.skein.projection.detection;

import io.skein.eventlog.KernelJson;
import io.skein.eventlog.MessageIds;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.id.MessageId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Hands messages on with every cause before its effects. In the log an effect may stand before its cause: agents of one batch are recorded in parallel, and senders
 * use different doors. A message whose cause has not been seen waits until the cause comes, but no longer than {@link #MAX_EVENTS} events or {@link #MAX_WAIT} of
 * event time; then it goes on without. The same events give the same order, and order among messages that do not cause one another stays. O(1) expected a
 * message.
 */
public final class CausalOrder {
    /** A message waits for at most so many later ones. */
    public static final int MAX_EVENTS = 2_000;

    /** A message waits for at most so long, by the event time of later ones. */
    public static final Duration MAX_WAIT = Duration.ofSeconds(10);

    /** So many of the newest messages are remembered as possible causes; a message with an older cause waits in vain, and goes on. */
    static final int REMEMBERED = 200_000;

    /** A message, its place in the log, and the event time when it stood there. */
    public record Placed(MessageRecorded recorded, long position, long atMilli) {}

    private final LinkedHashSet<UUID> known = new LinkedHashSet<>();
    private final Map<UUID, List<Placed>> waitingFor = new HashMap<>();
    private final Deque<Placed> waiting = new ArrayDeque<>();
    /** Positions of those in {@link #waiting} that have gone on already. */
    private final Set<Long> gone = new HashSet<>();

    /** Takes the next message of the log; those that may go on now, causes first. */
    public List<Placed> on(MessageRecorded recorded, long position, long atMilli) {
        List<Placed> released = new ArrayList<>(1);
        Placed placed = new Placed(recorded, position, atMilli);
        MessageId cause = recorded.message().causationId();
        if (cause == null || cause.equals(recorded.message().messageId()) || known.contains(id(recorded, cause))) {
            release(placed, released);
        } else {
            waitingFor
                    .computeIfAbsent(id(recorded, cause), missing -> new ArrayList<>())
                    .add(placed);
            waiting.addLast(placed);
        }
        giveUp(placed, released);
        return released;
    }

    /** Messages that wait for their cause. */
    public int waiting() {
        return waiting.size() - gone.size();
    }

    private void release(Placed first, List<Placed> released) {
        Deque<Placed> next = new ArrayDeque<>();
        next.add(first);
        while (!next.isEmpty()) {
            Placed placed = next.removeFirst();
            released.add(placed);
            UUID id = id(placed.recorded(), placed.recorded().message().messageId());
            known.add(id);
            List<Placed> effects = waitingFor.remove(id);
            if (effects != null) {
                effects.forEach(effect -> gone.add(effect.position()));
                next.addAll(effects);
            }
        }
        while (known.size() > REMEMBERED) {
            known.removeFirst();
        }
    }

    private void giveUp(Placed now, List<Placed> released) {
        while (!waiting.isEmpty()) {
            Placed oldest = waiting.getFirst();
            if (gone.remove(oldest.position())) {
                waiting.removeFirst();
            } else if (isOverdue(oldest, now)) {
                waiting.removeFirst();
                UUID cause = cause(oldest);
                List<Placed> siblings = waitingFor.get(cause);
                if (siblings != null) {
                    siblings.remove(oldest);
                    if (siblings.isEmpty()) {
                        waitingFor.remove(cause);
                    }
                }
                release(oldest, released);
            } else {
                return;
            }
        }
    }

    private static boolean isOverdue(Placed oldest, Placed now) {
        return now.position() - oldest.position() > MAX_EVENTS
                || oldest.atMilli() + MAX_WAIT.toMillis() < now.atMilli();
    }

    private static UUID cause(Placed placed) {
        MessageId cause = placed.recorded().message().causationId();
        return id(placed.recorded(), cause == null ? placed.recorded().message().messageId() : cause);
    }

    private static UUID id(MessageRecorded recorded, MessageId message) {
        return MessageIds.eventId(recorded.networkId(), message);
    }

    /** Writes all that later answers depend on; equal states give equal bytes. */
    public void save(DataOutput out) throws IOException {
        Codec.list(out, known, (to, id) -> {
            to.writeLong(id.getMostSignificantBits());
            to.writeLong(id.getLeastSignificantBits());
        });
        Codec.list(
                out,
                waiting.stream()
                        .filter(placed -> !gone.contains(placed.position()))
                        .toList(),
                (to, placed) -> {
                    byte[] json = KernelJson.mapper().writeValueAsBytes(placed.recorded());
                    to.writeLong(placed.position());
                    to.writeLong(placed.atMilli());
                    to.writeInt(json.length);
                    to.write(json);
                });
    }

    /** Replaces the state by a saved one. */
    public void restore(DataInput in) throws IOException {
        known.clear();
        waitingFor.clear();
        waiting.clear();
        gone.clear();
        known.addAll(Codec.list(in, from -> new UUID(from.readLong(), from.readLong())));
        for (Placed placed : Codec.list(in, CausalOrder::placed)) {
            waiting.addLast(placed);
            waitingFor
                    .computeIfAbsent(cause(placed), missing -> new ArrayList<>())
                    .add(placed);
        }
    }

    private static Placed placed(DataInput in) throws IOException {
        long position = in.readLong();
        long atMilli = in.readLong();
        byte[] json = new byte[in.readInt()];
        in.readFully(json);
        return new Placed(KernelJson.mapper().readValue(json, MessageRecorded.class), position, atMilli);
    }
}
