package io.skein.projection.byzantine;

import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.alert.Detector;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import io.skein.projection.detection.Finding;
import io.skein.projection.detection.Occurrence;
import io.skein.projection.detection.Occurrences;
import io.skein.projection.detection.Parameters;
import io.skein.projection.detection.PatternFold;
import io.skein.projection.detection.Windowed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Suspects an agent that used to answer and now leaves requests unanswered, while it goes on speaking: a CUSUM of the log likelihood of answers and
 * omissions, for the receiver and for each link to it. Absence proves nothing: never a fact, never critical. O(targets) for a message; memory bounded by
 * {@link Policy#requests()}. The definition stands in docs/detectors.md.
 */
final class SilentDrops implements PatternFold {
    static final String NAME = "silent-drops";
    private static final double DROPPING = 0.6;
    private static final int RECEIVERS = 50_000;
    private static final int TARGETS = 16;

    /**
     * @param deadlineSeconds how long an answer may take where the request names no {@code deadlineMillis}, in event time
     * @param learned requests that a receiver must have had decided before it is judged
     * @param usuallyAnswered share that it answered of them, at least
     * @param threshold of the sum of evidence
     * @param drops unanswered, at least
     * @param requests open ones kept at most
     * @param quietSeconds without another omission it is over
     */
    record Policy(
            int deadlineSeconds,
            int learned,
            double usuallyAnswered,
            double threshold,
            int drops,
            int requests,
            int quietSeconds) {
        static final Policy DEFAULT = new Policy(30, 20, 0.95, 12, 6, 100_000, 600);
    }

    /** One receiver's open request. */
    private record Asked(String receiver, String sender, String conversation, long position, long dueMilli) {}

    /** How a receiver, or one link to it, does. */
    private static final class Account {
        long answered;
        long dropped;
        double score;
    }

    private final Policy policy;
    private final Windowed<Key, Asked> open;
    private final Windowed<Key, Account> records;
    private final Windowed<Key, Long> spoke;
    private final Occurrences<Key> occurrences;
    private long watermark = Long.MIN_VALUE;

    SilentDrops(Policy policy) {
        this.policy = policy;
        this.open = new Windowed<>(1_000L * policy.deadlineSeconds(), policy.requests());
        this.records = new Windowed<>(6L * 3_600_000, RECEIVERS);
        this.spoke = new Windowed<>(10_000L * policy.deadlineSeconds(), RECEIVERS);
        this.occurrences = new Occurrences<>(1_000L * policy.quietSeconds(), RECEIVERS);
    }

    @Override
    public Detector identity() {
        return new Detector(NAME, "1", Parameters.of(policy));
    }

    @Override
    public List<Finding> on(AgentEvent event, long position, long atMilli) {
        watermark = Math.max(watermark, atMilli);
        List<Finding> found = new ArrayList<>(0);
        occurrences.forget(watermark, position, found);
        records.forget(watermark);
        spoke.forget(watermark);
        for (Map.Entry<Key, Asked> due = open.pollOver(watermark); due != null; due = open.pollOver(watermark)) {
            if (due.getValue().dueMilli() > watermark) {
                // Its sender gave it longer.
                open.put(due.getKey(), due.getValue(), watermark);
                continue;
            }
            omitted(due.getKey(), due.getValue(), position, found);
        }
        if (event instanceof MessageRecorded recorded) {
            take(recorded.message(), position);
        }
        return found;
    }

    private void take(Message message, long position) {
        String network = message.networkId().value();
        String sender = message.agentId().value();
        spoke.put(Key.of(network, sender), watermark, watermark);
        reacted(message, network, sender);
        if (message.type() == MessageType.REQUEST) {
            long due = watermark + deadline(message);
            message.targetAgents().stream()
                    .map(AgentId::value)
                    .filter(target -> !target.equals(sender))
                    .limit(TARGETS)
                    .forEach(target -> {
                        Key key = Key.of(network, message.messageId().value(), target);
                        if (open.get(key) == null) {
                            open.put(
                                    key,
                                    new Asked(target, sender, Fields.conversation(message), position, due),
                                    watermark);
                        }
                    });
        }
    }

    /** Whatever the receiver says because of a request, it did not drop it; only an answer speaks for it. */
    private void reacted(Message message, String network, String sender) {
        if (message.causationId() == null) {
            return;
        }
        Key key = Key.of(network, message.causationId().value(), sender);
        Asked asked = open.get(key);
        if (asked != null) {
            open.remove(key);
            if (message.type() != MessageType.REQUEST) {
                decided(network, asked, true);
            }
        }
    }

    private long deadline(Message message) {
        JsonText named = message.metadata().get("deadlineMillis");
        if (named != null) {
            try {
                return Math.clamp(Long.parseLong(named.value()), 1_000L, 3_600_000L);
            } catch (NumberFormatException other) {
                return 1_000L * policy.deadlineSeconds();
            }
        }
        return 1_000L * policy.deadlineSeconds();
    }

    private Account of(Key key) {
        Account record = records.get(key);
        if (record == null) {
            record = new Account();
        }
        records.put(key, record, watermark);
        return record;
    }

    /** Whether one of the two accounts, the receiver's or the link's, has enough against it. */
    private boolean decided(String network, Asked asked, boolean answered) {
        Account receiver = of(Key.of(network, asked.receiver()));
        Account link = of(Key.of(network, asked.receiver(), asked.sender()));
        boolean judged = receiver.answered + receiver.dropped >= policy.learned()
                && receiver.answered >= policy.usuallyAnswered() * (receiver.answered + receiver.dropped);
        double usual = Math.clamp((receiver.dropped + 1.0) / (receiver.answered + receiver.dropped + 10), 0.02, 0.3);
        boolean above = false;
        for (Account record : List.of(receiver, link)) {
            if (judged || record.score > 0) {
                double lift =
                        answered ? StrictMath.log((1 - DROPPING) / (1 - usual)) : StrictMath.log(DROPPING / usual);
                record.score = Math.max(0, record.score + lift);
            }
            // What is under suspicion is not what is usual.
            if (record.score == 0 || answered) {
                record.answered += answered ? 1 : 0;
                record.dropped += answered ? 0 : 1;
            }
            above |= record.score >= policy.threshold();
        }
        return above;
    }

    private void omitted(Key key, Asked asked, long position, List<Finding> found) {
        boolean above = decided(key.network(), asked, false);
        Key receiver = Key.of(key.network(), asked.receiver());
        Account record = records.get(receiver);
        Account link = records.get(Key.of(key.network(), asked.receiver(), asked.sender()));
        if ((record == null || record.score == 0) && (link == null || link.score == 0)) {
            return;
        }
        Occurrence occurrence = occurrences.seen(receiver, watermark);
        occurrence.add(key.first(), asked.position());
        long times = occurrence.grow();
        Long last = spoke.get(receiver);
        // Who says nothing at all any more is gone; that is another matter.
        boolean speaks = last != null && last + 2_000L * policy.deadlineSeconds() >= watermark;
        if (!above || !speaks || times < policy.drops() || !occurrence.tell()) {
            return;
        }
        Set<String> agents = new LinkedHashSet<>(List.of(asked.receiver(), asked.sender()));
        boolean everybody = record != null && record.score >= policy.threshold();
        found.add(occurrence.finding(
                identity(),
                Pattern.SILENT_DROP,
                Severity.INFO,
                Grade.SUSPICION,
                key.network(),
                List.of(asked.receiver()),
                agents,
                asked.receiver() + " used to answer" + (everybody ? "" : " " + asked.sender()) + " and has left "
                        + times + " requests unanswered past their deadline, though it goes on speaking.",
                "ASI10 Rogue Agents",
                position));
    }

    @Override
    public void save(DataOutput out) throws IOException {
        out.writeLong(watermark);
        open.save(out, Key::write, (to, asked) -> {
            to.writeUTF(asked.receiver());
            to.writeUTF(asked.sender());
            to.writeUTF(asked.conversation());
            to.writeLong(asked.position());
            to.writeLong(asked.dueMilli());
        });
        records.save(out, Key::write, (to, record) -> {
            to.writeLong(record.answered);
            to.writeLong(record.dropped);
            to.writeDouble(record.score);
        });
        spoke.save(out, Key::write, DataOutput::writeLong);
        occurrences.save(out, Key::write);
    }

    @Override
    public void restore(DataInput in) throws IOException {
        watermark = in.readLong();
        open.restore(
                in,
                Key::read,
                from -> new Asked(from.readUTF(), from.readUTF(), from.readUTF(), from.readLong(), from.readLong()));
        records.restore(in, Key::read, from -> {
            Account record = new Account();
            record.answered = from.readLong();
            record.dropped = from.readLong();
            record.score = from.readDouble();
            return record;
        });
        spoke.restore(in, Key::read, DataInput::readLong);
        occurrences.restore(in, Key::read);
    }

    @Override
    public int size() {
        return open.size() + records.size() + spoke.size() + occurrences.size();
    }

    @Override
    public long overBudget() {
        return open.evicted();
    }
}
