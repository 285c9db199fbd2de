package io.skein.projection.byzantine;

import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.alert.Detector;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.message.Message;
import io.skein.projection.byzantine.Statements.Statement;
import io.skein.projection.detection.Codec;
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
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds senders that declare one thing to some and another to others. O(1) expected for a message without statement, O({@link Policy})
 * for one with; memory bounded by {@link Policy} statements. The definition stands in docs/detectors.md.
 */
final class Equivocation implements PatternFold {
    static final String NAME = "equivocation";
    private static final String OWASP = "ASI10 Rogue Agents";
    /** How often judgement is put off because new tellings came, so that nobody escapes by talking on. */
    private static final int WAITS = 4;

    private static final int SENDERS = 100_000;

    /** One telling of a statement: who was told what. */
    record Declared(
            String message,
            long position,
            String epoch,
            long sequence,
            Digest digest,
            String text,
            List<String> targets) {}

    /** Two tellings that cannot both be meant. */
    record Conflict(Declared first, Declared second) {
        boolean acrossRuns() {
            return !first.epoch().equals(second.epoch());
        }
    }

    private static final class Told {
        List<Declared> declared = new ArrayList<>(2);
        long newestMilli;
        int waits;
    }

    /**
     * @param windowSeconds how long a statement is remembered, in event time
     * @param reorderMillis how long an earlier telling may be under way
     * @param statements kept at most
     * @param declarations tellings kept of each
     * @param quietSeconds without another telling it is over
     */
    record Policy(int windowSeconds, int reorderMillis, int statements, int declarations, int quietSeconds) {
        static final Policy DEFAULT = new Policy(3_600, 2_000, 50_000, 16, 600);
    }

    private final Policy policy;
    private final Windowed<Key, Told> statements;
    private final Occurrences<Key> occurrences;
    private final Windowed<Key, Boolean> undecided;
    private final Windowed<Key, Counter> senders;
    private long watermark = Long.MIN_VALUE;

    Equivocation(Policy policy) {
        this.policy = policy;
        this.statements = new Windowed<>((1_000L * policy.windowSeconds()), policy.statements());
        this.occurrences = new Occurrences<>((1_000L * policy.quietSeconds()), policy.statements());
        this.undecided = new Windowed<>(policy.reorderMillis(), policy.statements());
        this.senders = new Windowed<>((1_000L * policy.windowSeconds()), SENDERS);
    }

    @Override
    public Detector identity() {
        return new Detector(NAME, "2", Parameters.of(policy));
    }

    @Override
    public List<Finding> on(AgentEvent event, long position, long atMilli) {
        if (!(event instanceof MessageRecorded recorded)) {
            return List.of();
        }
        Message message = recorded.message();
        watermark = Math.max(watermark, atMilli);
        List<Finding> found = new ArrayList<>(0);
        // What it says after that is judged anew.
        occurrences.forget(watermark, position, found, statements::remove);
        count(message);
        statements.forget(watermark);
        senders.forget(watermark);
        for (Map.Entry<Key, Boolean> due = undecided.pollOver(watermark);
                due != null;
                due = undecided.pollOver(watermark)) {
            judge(due.getKey(), true, position, found);
        }
        if (!message.targetAgents().isEmpty()) {
            for (Statement statement : Statements.of(message)) {
                Key key = new Key(
                        message.networkId().value(),
                        message.agentId().value(),
                        Fields.conversation(message),
                        statement.key());
                keep(key, message, statement, position);
                judge(key, false, position, found);
            }
        }
        return found;
    }

    private void count(Message message) {
        if (message.sequence() == null) {
            return;
        }
        Key sender = Key.of(message.networkId().value(), message.agentId().value(), Fields.epoch(message));
        Counter counter = senders.get(sender);
        if (counter == null) {
            counter = new Counter();
        }
        counter.seen(message.sequence());
        senders.put(sender, counter, watermark);
    }

    private void keep(Key key, Message message, Statement statement, long position) {
        Told told = statements.get(key);
        if (told == null) {
            told = new Told();
        }
        List<Declared> declared = told.declared;
        if (declared.stream()
                .noneMatch(d -> d.message().equals(message.messageId().value()))) {
            declared.add(new Declared(
                    message.messageId().value(),
                    position,
                    Fields.epoch(message),
                    Fields.sequence(message),
                    Digest.of(statement.value()),
                    Fields.shorter(statement.value(), 60),
                    message.targetAgents().stream().map(AgentId::value).toList()));
            if (declared.size() > policy.declarations()) {
                declared.removeFirst();
            }
        }
        told.newestMilli = watermark;
        statements.put(key, told, watermark);
    }

    private void judge(Key key, boolean reorderOver, long position, List<Finding> found) {
        Told told = statements.get(key);
        if (told == null) {
            return;
        }
        List<Declared> order = inSendersOrder(told.declared);
        Conflict conflict = firstConflict(order);
        if (conflict == null) {
            return;
        }
        boolean young = told.newestMilli + policy.reorderMillis() > watermark && told.waits < WAITS;
        if ((!reorderOver || young) && mayMissSomethingBefore(key, order)) {
            if (undecided.get(key) == null) {
                told.waits += reorderOver ? 1 : 0;
                undecided.put(key, true, watermark);
            }
            return;
        }
        Occurrence occurrence = occurrences.seen(key, watermark);
        Set<String> victims = new LinkedHashSet<>();
        Set<Digest> values = new HashSet<>();
        int tellings = 0;
        for (Declared declared : order) {
            if (declared.equals(conflict.first())
                    || declared.equals(conflict.second())
                    || !conflict.first().digest().equals(declared.digest())) {
                occurrence.add(declared.message(), declared.position());
                victims.addAll(declared.targets()
                        .subList(0, Math.min(16, declared.targets().size())));
                values.add(declared.digest());
                tellings++;
            }
        }
        occurrence.grownTo(Math.max(occurrence.count(), tellings));
        if (!occurrence.tell()) {
            return;
        }
        List<String> agents = new ArrayList<>(List.of(key.first()));
        agents.addAll(victims);
        Grade grade = conflict.acrossRuns() ? Grade.SUSPICION : Grade.FACT;
        found.add(occurrence.finding(
                identity(),
                Pattern.EQUIVOCATION,
                grade == Grade.FACT ? Severity.CRITICAL : Severity.INFO,
                grade,
                key.network(),
                List.of(key.first(), key.second(), key.third()),
                agents,
                describe(key, conflict, values.size()),
                OWASP,
                position));
    }

    private static String describe(Key key, Conflict conflict, int values) {
        return key.first() + " told " + conflict.first().targets().getFirst() + " that "
                + Fields.shorter(key.third(), 80)
                + " is " + conflict.first().text() + " and told "
                + told(conflict) + " that it is " + conflict.second().text()
                + (values > 2 ? "; " + values + " different values in all" : "")
                + (conflict.acrossRuns() ? "; it was restarted in between." : ".");
    }

    private static String told(Conflict conflict) {
        return conflict.second().targets().getFirst();
    }

    /** By the sender's own counter where every telling of one run has one, else by the log. Runs stand in the order in which the log saw them. */
    static List<Declared> inSendersOrder(List<Declared> declared) {
        List<String> runs = new ArrayList<>();
        boolean counted = true;
        for (Declared each : declared) {
            counted &= each.sequence() >= 0;
            if (!runs.contains(each.epoch())) {
                runs.add(each.epoch());
            }
        }
        List<Declared> order = new ArrayList<>(declared);
        if (counted) {
            order.sort(Comparator.<Declared>comparingInt(each -> runs.indexOf(each.epoch()))
                    .thenComparingLong(Declared::sequence)
                    .thenComparingLong(Declared::position));
        }
        return order;
    }

    /** The first telling that differs from the value in force and reaches nobody who was told that one: no correction, a second story. */
    static @Nullable Conflict firstConflict(List<Declared> order) {
        Declared force = order.getFirst();
        Set<String> told = new HashSet<>(force.targets());
        for (Declared next : order.subList(1, order.size())) {
            if (next.digest().equals(force.digest())) {
                told.addAll(next.targets());
            } else if (next.targets().stream().anyMatch(told::contains)) {
                force = next;
                told = new HashSet<>(next.targets());
            } else {
                return new Conflict(force, next);
            }
        }
        return null;
    }

    /** Whether a telling before the last one may still be under way: it could make a correction of what looks like a second story. */
    private boolean mayMissSomethingBefore(Key key, List<Declared> order) {
        for (Declared declared : order) {
            Counter counter =
                    declared.sequence() < 0 ? null : senders.get(Key.of(key.network(), key.first(), declared.epoch()));
            if (counter != null && counter.missesBefore(declared.sequence())) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void save(DataOutput out) throws IOException {
        out.writeLong(watermark);
        statements.save(out, Key::write, (to, told) -> {
            Codec.list(to, told.declared, (o, d) -> {
                o.writeUTF(d.message());
                o.writeLong(d.position());
                o.writeUTF(d.epoch());
                o.writeLong(d.sequence());
                Digest.write(o, d.digest());
                o.writeUTF(d.text());
                Codec.strings(o, d.targets());
            });
            to.writeLong(told.newestMilli);
            to.writeInt(told.waits);
        });
        occurrences.save(out, Key::write);
        undecided.save(out, Key::write, DataOutput::writeBoolean);
        senders.save(out, Key::write, (to, counter) -> counter.save(to));
    }

    @Override
    public void restore(DataInput in) throws IOException {
        watermark = in.readLong();
        statements.restore(in, Key::read, from -> {
            Told told = new Told();
            told.declared = Codec.list(
                    from,
                    i -> new Declared(
                            i.readUTF(),
                            i.readLong(),
                            i.readUTF(),
                            i.readLong(),
                            Digest.read(i),
                            i.readUTF(),
                            Codec.strings(i)));
            told.newestMilli = from.readLong();
            told.waits = from.readInt();
            return told;
        });
        occurrences.restore(in, Key::read);
        undecided.restore(in, Key::read, DataInput::readBoolean);
        senders.restore(in, Key::read, Counter::read);
    }

    @Override
    public int size() {
        return statements.size() + occurrences.size() + undecided.size() + senders.size();
    }

    @Override
    public long overBudget() {
        return statements.evicted();
    }
}
