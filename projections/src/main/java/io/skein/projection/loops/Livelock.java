package io.skein.projection.loops;

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
import io.skein.kernel.message.Outcome;
import io.skein.projection.detection.CausalOrder;
import io.skein.projection.detection.CausalOrder.Placed;
import io.skein.projection.detection.Codec;
import io.skein.projection.detection.Finding;
import io.skein.projection.detection.Occurrence;
import io.skein.projection.detection.Occurrences;
import io.skein.projection.detection.Parameters;
import io.skein.projection.detection.PatternFold;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds work that goes round the same three or more agents, is answered each time, and says almost the same each time: laps of one causal chain. O(1) expected
 * for a message, O({@value #PERIOD}) at worst; memory bounded by {@link Policy#messages()}. The definition stands in docs/detectors.md.
 */
final class Livelock implements PatternFold {
    static final String NAME = "repeating-laps";

    /** Messages of one lap, at most. */
    private static final int PERIOD = 32;

    /** Words of a message that are compared: those with the smallest hashes (bottom-k MinHash, Broder 1997; exact below that). */
    private static final int SKETCH = 48;

    private static final int OPEN = 10_000;

    /**
     * @param windowSeconds how long a message may be followed by the next of its chain, in event time
     * @param laps that it takes, the first one included
     * @param alike share of words that two messages have in common, from which on they say almost the same
     * @param inferredShare of the steps may have been concluded from the conversation, at most
     * @param messages kept at most
     * @param quietSeconds without another lap it is over
     */
    record Policy(int windowSeconds, int laps, double alike, double inferredShare, int messages, int quietSeconds) {
        static final Policy DEFAULT = new Policy(3_600, 3, 0.6, 0.2, 100_000, 600);
    }

    private record Key(String network, String message) {
        static void write(DataOutput out, Key key) throws IOException {
            out.writeUTF(key.network);
            out.writeUTF(key.message);
        }

        static Key read(DataInput in) throws IOException {
            return new Key(in.readUTF(), in.readUTF());
        }
    }

    private record Place(String network, String conversation, String agent) {}

    /** A step of a chain. {@code period}: messages back to the one it repeats, 0: none; {@code run}: how many in succession repeat with that period. */
    private static final class Step {
        final Key key;
        final long position;
        final long expiresAtMilli;
        final String source;
        final String conversation;
        final List<String> targets;
        final MessageType type;
        final boolean inferred;
        final int[] words;
        final int[] marks;
        final boolean failed;
        /** Who spoke to whom in the chain above, one bit each; kept when the chain itself is forgotten, so that a restart changes nothing. */
        final long above;

        @Nullable
        Step parent;

        int period;
        int run;
        Key root;

        Step(
                Key key,
                long position,
                long expiresAtMilli,
                String source,
                String conversation,
                List<String> targets,
                MessageType type,
                boolean inferred,
                boolean failed,
                int[] words,
                int[] marks,
                long above,
                @Nullable Step parent) {
            this.key = key;
            this.position = position;
            this.expiresAtMilli = expiresAtMilli;
            this.source = source;
            this.conversation = conversation;
            this.targets = targets;
            this.type = type;
            this.inferred = inferred;
            this.words = words;
            this.marks = marks;
            this.failed = failed;
            this.parent = parent;
            this.root = parent == null ? key : parent.root;
            this.above = above;
        }

        private long bit() {
            return 1L << ((source.hashCode() * 31 + targets.hashCode()) * 0x9E3779B9 >>> 26);
        }

        /** Whether the chain above may hold a message from the same to the same. */
        boolean mayRepeat() {
            return (above & bit()) != 0;
        }
    }

    private final Policy policy;
    private final CausalOrder order = new CausalOrder();
    private final LinkedHashMap<Key, Step> steps = new LinkedHashMap<>();
    /** The newest message that reached an agent in a conversation. */
    private final Map<Place, Step> newest = new HashMap<>();

    private final Occurrences<Key> occurrences;
    private long overBudget;

    Livelock(Policy policy) {
        this.policy = policy;
        this.occurrences = new Occurrences<>(1_000L * policy.quietSeconds(), OPEN);
    }

    @Override
    public Detector identity() {
        return new Detector(NAME, "1", Parameters.of(policy));
    }

    @Override
    public List<Finding> on(AgentEvent event, long position, long atMilli) {
        List<Finding> found = new ArrayList<>(0);
        occurrences.forget(atMilli, position, found);
        while (!steps.isEmpty() && steps.firstEntry().getValue().expiresAtMilli <= atMilli) {
            forgetEldest();
        }
        if (event instanceof MessageRecorded recorded) {
            for (Placed placed : order.on(recorded, position, atMilli)) {
                take(placed, position, atMilli, found);
            }
        }
        return found;
    }

    private void take(Placed placed, long position, long atMilli, List<Finding> found) {
        Message message = placed.recorded().message();
        String network = message.networkId().value();
        Key key = new Key(network, message.messageId().value());
        if (steps.containsKey(key)) {
            return;
        }
        String source = message.agentId().value();
        String conversation =
                message.conversationId() == null ? "" : message.conversationId().value();
        Step parent = null;
        boolean inferred = false;
        if (message.causationId() != null) {
            parent = steps.get(new Key(network, message.causationId().value()));
        } else if (!conversation.isEmpty()) {
            parent = newest.get(new Place(network, conversation, source));
            inferred = parent != null;
        }
        Outcome outcome = message.outcome();
        Step step = new Step(
                key,
                placed.position(),
                atMilli + 1_000L * policy.windowSeconds(),
                source,
                conversation,
                message.targetAgents().stream().map(AgentId::value).toList(),
                message.type(),
                inferred,
                outcome != null && outcome != Outcome.OK,
                sketch(Words.of(message.content())),
                marks(message.content()),
                parent == null ? 0 : parent.above | parent.bit(),
                parent);
        steps.put(key, step);
        for (String target : step.targets) {
            newest.put(new Place(network, conversation, target), step);
        }
        if (steps.size() > policy.messages()) {
            overBudget++;
            forgetEldest();
        }
        if (step.mayRepeat()) {
            repeat(step);
            if (step.run > 0 && step.run >= (policy.laps() - 1) * step.period && step.run % step.period == 0) {
                judge(step, position, atMilli, found);
            }
        }
    }

    /** Finds what the step repeats: with the period of the step before it if that will do, else the nearest. */
    private void repeat(Step step) {
        Step before = step.parent;
        if (before == null) {
            return;
        }
        if (before.period > 0) {
            Step candidate = back(step, before.period);
            if (candidate != null && saysTheSame(step, candidate)) {
                step.period = before.period;
                step.run = before.run + 1;
                return;
            }
        }
        Step above = before;
        for (int distance = 1; above != null && distance <= PERIOD; distance++, above = above.parent) {
            if (saysTheSame(step, above)) {
                step.period = distance;
                step.run = 1;
                return;
            }
        }
    }

    private static @Nullable Step back(Step step, int distance) {
        Step above = step;
        for (int i = 0; i < distance && above != null; i++) {
            above = above.parent;
        }
        return above;
    }

    /** From the same to the same, almost in the same words, and with nothing new in it. */
    private boolean saysTheSame(Step step, Step before) {
        return step.source.equals(before.source)
                && step.type == before.type
                && step.targets.equals(before.targets)
                && Words.similarity(step.words, before.words) >= policy.alike()
                // An answer that names another number, item or state is a new outcome, unless it says itself that it
                // failed.
                && (step.type != MessageType.RESPONSE
                        || (step.failed && before.failed)
                        || Arrays.equals(step.marks, before.marks));
    }

    private void judge(Step last, long position, long atMilli, List<Finding> found) {
        List<Step> way = new ArrayList<>();
        Set<String> agents = new LinkedHashSet<>();
        int inferred = 0;
        boolean answered = false;
        Step at = last;
        for (int i = 0; i < last.run + last.period && at != null; i++, at = at.parent) {
            way.add(at);
            inferred += at.inferred ? 1 : 0;
            if (i < last.period) {
                answered |= at.type == MessageType.RESPONSE;
            }
        }
        List<Step> laps = way.reversed();
        for (Step each : laps.subList(laps.size() - last.period, laps.size())) {
            agents.add(each.source);
        }
        if (agents.size() < 3 || !answered || inferred > policy.inferredShare() * laps.size()) {
            return;
        }
        Occurrence occurrence = occurrences.seen(last.root, atMilli);
        for (Step each : laps) {
            occurrence.add(each.key.message(), each.position);
        }
        long rounds = last.run / last.period + 1L;
        occurrence.grownTo(rounds);
        if (occurrence.tell()) {
            found.add(occurrence.finding(
                    identity(),
                    Pattern.LIVELOCK,
                    Severity.WARNING,
                    Grade.FINDING,
                    last.key.network(),
                    List.of(last.root.message()),
                    agents,
                    "Work went round " + String.join(", ", agents) + " " + rounds
                            + " times in almost the same words; each was answered, and nothing came of it"
                            + (inferred == 0 ? "." : ". " + inferred + " of its causes are inferred."),
                    "T4 Resource Overload",
                    position));
        }
    }

    private static int[] sketch(int[] words) {
        return words.length <= SKETCH ? words : Arrays.copyOf(words, SKETCH);
    }

    /** Hashes of the words that hold a digit: numbers, ids, versions; ascending, {@value #SKETCH} at most. */
    private static int[] marks(@Nullable JsonText content) {
        if (content == null) {
            return Words.NONE;
        }
        String text = content.value();
        int end = Math.min(text.length(), Words.MAX_CHARACTERS);
        TreeSet<Integer> marks = new TreeSet<>();
        int hash = 0;
        boolean digit = false;
        for (int i = 0; i <= end; i++) {
            char c = i < end ? text.charAt(i) : ' ';
            if (Character.isLetterOrDigit(c)) {
                hash = hash * 31 + c;
                digit |= Character.isDigit(c);
            } else {
                if (digit) {
                    marks.add(hash);
                }
                hash = 0;
                digit = false;
            }
        }
        return marks.stream().limit(SKETCH).mapToInt(Integer::intValue).toArray();
    }

    private void forgetEldest() {
        Step step = steps.pollFirstEntry().getValue();
        step.parent = null;
        for (String target : step.targets) {
            newest.remove(new Place(step.key.network(), step.conversation, target), step);
        }
    }

    @Override
    public void save(DataOutput out) throws IOException {
        order.save(out);
        out.writeLong(overBudget);
        occurrences.save(out, Key::write);
        out.writeInt(steps.size());
        Map<Step, Integer> index = new IdentityHashMap<>();
        for (Step step : steps.values()) {
            Integer parent = step.parent == null ? null : index.get(step.parent);
            index.put(step, index.size());
            out.writeInt(parent == null ? -1 : parent);
            Key.write(out, step.key);
            out.writeUTF(step.root.message());
            out.writeLong(step.position);
            out.writeLong(step.expiresAtMilli);
            out.writeUTF(step.source);
            out.writeUTF(step.conversation);
            Codec.strings(out, step.targets);
            out.writeByte(step.type.ordinal());
            out.writeBoolean(step.inferred);
            out.writeBoolean(step.failed);
            ints(out, step.words);
            ints(out, step.marks);
            out.writeLong(step.above);
            out.writeInt(step.period);
            out.writeInt(step.run);
        }
    }

    private static void ints(DataOutput out, int[] values) throws IOException {
        out.writeInt(values.length);
        for (int value : values) {
            out.writeInt(value);
        }
    }

    private static int[] ints(DataInput in) throws IOException {
        int[] values = new int[in.readInt()];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.readInt();
        }
        return values;
    }

    @Override
    public void restore(DataInput in) throws IOException {
        order.restore(in);
        overBudget = in.readLong();
        occurrences.restore(in, Key::read);
        steps.clear();
        newest.clear();
        int count = in.readInt();
        List<Step> restored = new ArrayList<>(Math.min(count, 1_024));
        for (int i = 0; i < count; i++) {
            int parent = in.readInt();
            Key key = Key.read(in);
            Key root = new Key(key.network(), in.readUTF());
            Step step = new Step(
                    key,
                    in.readLong(),
                    in.readLong(),
                    in.readUTF(),
                    in.readUTF(),
                    Codec.strings(in),
                    MessageType.values()[in.readByte()],
                    in.readBoolean(),
                    in.readBoolean(),
                    ints(in),
                    ints(in),
                    in.readLong(),
                    parent < 0 ? null : restored.get(parent));
            step.root = root;
            step.period = in.readInt();
            step.run = in.readInt();
            restored.add(step);
            steps.put(key, step);
            for (String target : step.targets) {
                newest.put(new Place(key.network(), step.conversation, target), step);
            }
        }
    }

    @Override
    public int size() {
        return order.waiting() + steps.size() + occurrences.size();
    }

    @Override
    public long overBudget() {
        return overBudget;
    }
}
