package io.skein.projection.detection;

import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.message.Message;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Tells the time by which detectors judge. It never falls, and follows whichever hand moves on:
 *
 * <ul>
 *   <li>Skein's recording time; what is sent as it happens, within {@link #SKEW_MILLI} of being recorded, moves nothing else;
 *   <li>for what is sent later (an import, a buffer that is sent after an outage): the senders' clocks, one hand for each network and one for each
 *       conversation, so that history is judged at its own pace, also where conversations stand one after another in a file and each begins anew.
 * </ul>
 *
 * No sender moves time alone: a hand goes to the newest time that one sender names, but at most {@link #SKEW_MILLI} beyond what another has named, and never
 * more than {@link #STEP_MILLI} at once. A hand that stays behind by more than {@link #SLACK_MILLI} is carried along, so that it counts when it moves on.
 * Only differences mean anything: the value is a date by accident. O(1) for a message.
 */
public final class EventClock {
    /** Sent as it happens: recorded within so long of the sender's time. Also how far one sender may be ahead of the others. */
    static final long SKEW_MILLI = 60_000;

    /** Longer pauses, which are longer than most windows, count as so long. */
    static final long STEP_MILLI = 3_600_000;

    /** How far hands may be apart, by differing delivery, before the one behind is carried along. */
    static final long SLACK_MILLI = 2_000;

    private static final int HANDS = 50_000;

    private record Place(String network, String conversation) {
        static void write(DataOutput out, Place place) throws IOException {
            out.writeUTF(place.network);
            out.writeUTF(place.conversation);
        }

        static Place read(DataInput in) throws IOException {
            return new Place(in.readUTF(), in.readUTF());
        }
    }

    /** The times that the senders of one place name. */
    private static final class Hand {
        private long base;
        private String ahead = "";
        private long newest;
        private long second;
        private boolean corroborated;

        /** Where the hand is: the newest time that somebody names, bounded by what another named. */
        long mark() {
            return corroborated ? Math.min(newest, second + SKEW_MILLI) : second;
        }

        void hear(String agent, long atMilli) {
            if (ahead.isEmpty()) {
                ahead = agent;
                newest = atMilli;
                second = atMilli;
            } else if (ahead.equals(agent)) {
                newest = Math.max(newest, atMilli);
            } else {
                corroborated = true;
                if (atMilli > newest) {
                    second = Math.max(second, newest);
                    newest = atMilli;
                    ahead = agent;
                } else {
                    second = Math.max(second, atMilli);
                }
            }
        }

        void save(DataOutput out) throws IOException {
            out.writeLong(base);
            out.writeUTF(ahead);
            out.writeLong(newest);
            out.writeLong(second);
            out.writeBoolean(corroborated);
        }

        static Hand read(DataInput in) throws IOException {
            Hand hand = new Hand();
            hand.base = in.readLong();
            hand.ahead = in.readUTF();
            hand.newest = in.readLong();
            hand.second = in.readLong();
            hand.corroborated = in.readBoolean();
            return hand;
        }
    }

    private final Windowed<Place, Hand> hands = new Windowed<>(STEP_MILLI, HANDS);
    private final Hand recording = new Hand();
    private boolean started;
    private long now;

    /** The time of the event, which is the next of the log. */
    public long at(AgentEvent event) {
        return switch (event) {
            case MessageRecorded recorded ->
                at(recorded.message(), recorded.recordedAt().toEpochMilli());
            case MessageBlocked blocked ->
                at(blocked.message(), blocked.recordedAt().toEpochMilli());
            default -> now;
        };
    }

    private long at(Message message, long recordedMilli) {
        long saidMilli = message.timestamp().toEpochMilli();
        boolean live = Math.abs(recordedMilli - saidMilli) <= SKEW_MILLI || saidMilli > recordedMilli;
        if (!started) {
            started = true;
            now = live ? recordedMilli : saidMilli;
            recording.base = now - recordedMilli;
        }
        // Agents of one batch are recorded in parallel: the log's times are not quite in order.
        recording.newest = Math.max(recording.newest, recordedMilli);
        move(recording, recording.newest);
        if (!live) {
            String network = message.networkId().value();
            String sender = message.agentId().value();
            hear(new Place(network, ""), sender, saidMilli);
            if (message.conversationId() != null) {
                hear(new Place(network, message.conversationId().value()), sender, saidMilli);
            }
            hands.forget(now);
        }
        return now;
    }

    private void hear(Place place, String sender, long saidMilli) {
        Hand hand = hands.get(place);
        if (hand == null) {
            hand = new Hand();
            hand.base = now - saidMilli;
        }
        hand.hear(sender, saidMilli);
        hands.put(place, hand, now);
        move(hand, hand.mark());
    }

    private void move(Hand hand, long mark) {
        long shown = hand.base + mark;
        if (shown > now + STEP_MILLI) {
            hand.base -= shown - now - STEP_MILLI;
            now += STEP_MILLI;
        } else if (shown > now) {
            now = shown;
        } else if (shown < now - SLACK_MILLI) {
            hand.base = now - SLACK_MILLI - mark;
        }
    }

    public void save(DataOutput out) throws IOException {
        out.writeBoolean(started);
        out.writeLong(now);
        recording.save(out);
        hands.save(out, Place::write, (to, hand) -> hand.save(to));
    }

    public void restore(DataInput in) throws IOException {
        started = in.readBoolean();
        now = in.readLong();
        Hand saved = Hand.read(in);
        recording.base = saved.base;
        recording.newest = saved.newest;
        hands.restore(in, Place::read, Hand::read);
    }
}
