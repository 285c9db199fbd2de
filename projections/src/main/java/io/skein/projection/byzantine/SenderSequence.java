package io.skein.projection.byzantine;

import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.alert.Detector;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.message.Message;
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
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds replay (a number of the sender's counter used again for something else) and forgery (a cause from the future, a run that speaks after its
 * successor began). O(1) expected for a message, O({@value #CHAIN}) where its id was cited before it was known; memory bounded by
 * {@link Policy} messages. The definition stands in docs/detectors.md.
 */
final class SenderSequence implements PatternFold {
    static final String NAME = "sender-sequence";
    private static final String OWASP = "ASI07 Insecure Inter-Agent Communication";
    private static final int SENDERS = 50_000;
    private static final int CHAIN = 32;
    private static final int CITATIONS = 8;
    private static final int RUNS = 4;

    private record Said(String message, long position, Digest digest) {}

    private record Origin(String agent, String epoch, long sequence, String cause, long position) {}

    private record Citation(String message, Origin origin) {}

    /** One run of a sender. {@code beganMilli}: by the sender's clock, at its first message. */
    private record Run(String epoch, long beganMilli, String firstMessage, long firstPosition, long highest) {}

    /**
     * @param windowSeconds how long a message is remembered, in event time
     * @param reorderSeconds how long what a former run said may be under way
     * @param messages kept at most
     * @param quietSeconds without another one it is over
     */
    record Policy(int windowSeconds, int reorderSeconds, int messages, int quietSeconds) {
        static final Policy DEFAULT = new Policy(600, 60, 100_000, 600);
    }

    private final Policy policy;
    private final Windowed<Key, Said> said;
    private final Windowed<Key, List<Run>> runs;
    private final Windowed<Key, Origin> messages;
    private final Windowed<Key, List<Citation>> cited;
    private final Occurrences<Key> occurrences;
    private long watermark = Long.MIN_VALUE;

    SenderSequence(Policy policy) {
        this.policy = policy;
        this.said = new Windowed<>((1_000L * policy.windowSeconds()), policy.messages());
        this.runs = new Windowed<>(6 * (1_000L * policy.windowSeconds()), SENDERS);
        this.messages = new Windowed<>((1_000L * policy.windowSeconds()), policy.messages());
        this.cited = new Windowed<>((1_000L * policy.windowSeconds()), policy.messages());
        this.occurrences = new Occurrences<>((1_000L * policy.quietSeconds()), SENDERS);
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
        said.forget(watermark);
        runs.forget(watermark);
        messages.forget(watermark);
        cited.forget(watermark);
        String network = message.networkId().value();
        Key id = Key.of(network, message.messageId().value());
        if (messages.get(id) != null) {
            return List.of();
        }
        List<Finding> found = new ArrayList<>(0);
        occurrences.forget(watermark, position, found);
        Origin origin = new Origin(
                message.agentId().value(),
                message.sequence() == null ? "" : Fields.epoch(message),
                Fields.sequence(message),
                message.causationId() == null ? "" : message.causationId().value(),
                position);
        if (message.sequence() != null) {
            replay(message, origin, found);
            formerRun(message, origin, found);
        }
        messages.put(id, origin, watermark);
        causeFromTheFuture(id, origin, found);
        return found;
    }

    private void replay(Message message, Origin origin, List<Finding> found) {
        String network = message.networkId().value();
        Key number = new Key(network, origin.agent(), origin.epoch(), Long.toString(origin.sequence()));
        Digest digest = Fields.said(message);
        Said before = said.get(number);
        if (before == null) {
            said.put(number, new Said(message.messageId().value(), origin.position(), digest), watermark);
            return;
        }
        if (before.digest().equals(digest)) {
            return;
        }
        Occurrence occurrence = occurrences.seen(new Key(network, "replay", origin.agent(), origin.epoch()), watermark);
        occurrence.add(before.message(), before.position());
        occurrence.add(message.messageId().value(), origin.position());
        long times = occurrence.grow();
        if (occurrence.tell()) {
            found.add(occurrence.finding(
                    identity(),
                    Pattern.REPLAY,
                    Severity.CRITICAL,
                    Grade.FACT,
                    network,
                    List.of(origin.agent(), origin.epoch(), occurrence.firstMessage()),
                    List.of(origin.agent()),
                    origin.agent() + " used the number " + origin.sequence()
                            + " of its counter again for something else"
                            + (times == 1 ? "." : "; " + times + " numbers were used twice."),
                    OWASP,
                    origin.position()));
        }
    }

    private void formerRun(Message message, Origin origin, List<Finding> found) {
        if (origin.epoch().isEmpty()) {
            return;
        }
        String network = message.networkId().value();
        Key sender = Key.of(network, origin.agent());
        List<Run> known = runs.get(sender);
        List<Run> list = known == null ? new ArrayList<>(1) : known;
        long at = message.timestamp().toEpochMilli();
        int index = indexOf(list, origin.epoch());
        Run newest = list.isEmpty() ? null : list.getLast();
        boolean former =
                newest != null && (index >= 0 ? index < list.size() - 1 : isLower(origin.epoch(), newest.epoch()));
        if (index >= 0) {
            Run run = list.get(index);
            boolean goesOn = origin.sequence() > run.highest();
            if (goesOn) {
                list.set(
                        index,
                        new Run(
                                run.epoch(),
                                run.beganMilli(),
                                run.firstMessage(),
                                run.firstPosition(),
                                origin.sequence()));
            }
            former &= goesOn;
        } else if (!former) {
            list.add(new Run(origin.epoch(), at, message.messageId().value(), origin.position(), origin.sequence()));
            if (list.size() > RUNS) {
                list.removeFirst();
            }
        }
        runs.put(sender, list, watermark);
        if (newest == null || !former || at - newest.beganMilli() < (1_000L * policy.reorderSeconds())) {
            return;
        }
        Occurrence occurrence = occurrences.seen(new Key(network, "former", origin.agent(), origin.epoch()), watermark);
        occurrence.add(newest.firstMessage(), newest.firstPosition());
        occurrence.add(message.messageId().value(), origin.position());
        occurrence.grow();
        if (occurrence.tell()) {
            found.add(occurrence.finding(
                    identity(),
                    Pattern.FORGERY,
                    Severity.WARNING,
                    Grade.FACT,
                    network,
                    List.of("former run", origin.agent(), origin.epoch(), newest.epoch()),
                    List.of(origin.agent()),
                    origin.agent() + " spoke in its former run " + origin.epoch() + " "
                            + (at - newest.beganMilli()) / 1_000 + " s after its run " + newest.epoch()
                            + " began: two speak under its name.",
                    OWASP,
                    origin.position()));
        }
    }

    private static int indexOf(List<Run> runs, String epoch) {
        for (int i = 0; i < runs.size(); i++) {
            if (runs.get(i).epoch().equals(epoch)) {
                return i;
            }
        }
        return -1;
    }

    /** Whole numbers have an order of their own; other names of runs are ordered by when they were first seen. */
    private static boolean isLower(String epoch, String than) {
        Long one = number(epoch);
        Long other = number(than);
        return one != null && other != null && one < other;
    }

    private static @Nullable Long number(String epoch) {
        String digits = epoch.length() > 2 && epoch.startsWith("\"") ? epoch.substring(1, epoch.length() - 1) : epoch;
        if (digits.isEmpty() || digits.length() > 18) {
            return null;
        }
        long value = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return null;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private void causeFromTheFuture(Key id, Origin origin, List<Finding> found) {
        String message = id.first();
        List<Citation> waiting = cited.get(id);
        if (waiting != null) {
            cited.remove(id);
            for (Citation citation : waiting) {
                if (countedBefore(citation.origin(), origin) || leadsTo(origin, citation.message(), id.network())) {
                    forged(id.network(), citation.message(), citation.origin(), message, origin, found);
                }
            }
        }
        if (origin.cause().isEmpty() || origin.cause().equals(message)) {
            return;
        }
        Key causeId = Key.of(id.network(), origin.cause());
        Origin cause = messages.get(causeId);
        if (cause == null) {
            List<Citation> citations = cited.get(causeId);
            if (citations == null) {
                citations = new ArrayList<>(1);
                cited.put(causeId, citations, watermark);
            }
            if (citations.size() < CITATIONS) {
                citations.add(new Citation(message, origin));
            }
        } else if (countedBefore(origin, cause)) {
            forged(id.network(), message, origin, origin.cause(), cause, found);
        }
    }

    /** By the one sender's own counter, in one run. */
    private static boolean countedBefore(Origin effect, Origin cause) {
        return effect.sequence() >= 0
                && cause.sequence() > effect.sequence()
                && effect.agent().equals(cause.agent())
                && effect.epoch().equals(cause.epoch());
    }

    private boolean leadsTo(Origin from, String message, String network) {
        Origin step = from;
        for (int i = 0; i < CHAIN && step != null && !step.cause().isEmpty(); i++) {
            if (step.cause().equals(message)) {
                return true;
            }
            step = messages.get(Key.of(network, step.cause()));
        }
        return false;
    }

    private void forged(
            String network, String message, Origin origin, String cause, Origin causeOrigin, List<Finding> found) {
        Occurrence occurrence = occurrences.seen(new Key(network, "cause", origin.agent(), ""), watermark);
        occurrence.add(message, origin.position());
        occurrence.add(cause, causeOrigin.position());
        long times = occurrence.grow();
        if (occurrence.tell()) {
            found.add(occurrence.finding(
                    identity(),
                    Pattern.FORGERY,
                    Severity.CRITICAL,
                    Grade.FACT,
                    network,
                    List.of("cause", origin.agent(), occurrence.firstMessage()),
                    List.of(origin.agent()),
                    origin.agent() + " named as the cause of a message one that was said only after it"
                            + (times == 1 ? "." : "; it did so " + times + " times."),
                    OWASP,
                    Math.max(origin.position(), causeOrigin.position())));
        }
    }

    @Override
    public void save(DataOutput out) throws IOException {
        out.writeLong(watermark);
        said.save(out, Key::write, (to, s) -> {
            to.writeUTF(s.message());
            to.writeLong(s.position());
            Digest.write(to, s.digest());
        });
        runs.save(
                out,
                Key::write,
                (to, list) -> Codec.list(to, list, (o, run) -> {
                    o.writeUTF(run.epoch());
                    o.writeLong(run.beganMilli());
                    o.writeUTF(run.firstMessage());
                    o.writeLong(run.firstPosition());
                    o.writeLong(run.highest());
                }));
        messages.save(out, Key::write, SenderSequence::write);
        cited.save(
                out,
                Key::write,
                (to, list) -> Codec.list(to, list, (o, citation) -> {
                    o.writeUTF(citation.message());
                    write(o, citation.origin());
                }));
        occurrences.save(out, Key::write);
    }

    private static void write(DataOutput out, Origin origin) throws IOException {
        out.writeUTF(origin.agent());
        out.writeUTF(origin.epoch());
        out.writeLong(origin.sequence());
        out.writeUTF(origin.cause());
        out.writeLong(origin.position());
    }

    private static Origin read(DataInput in) throws IOException {
        return new Origin(in.readUTF(), in.readUTF(), in.readLong(), in.readUTF(), in.readLong());
    }

    @Override
    public void restore(DataInput in) throws IOException {
        watermark = in.readLong();
        said.restore(in, Key::read, from -> new Said(from.readUTF(), from.readLong(), Digest.read(from)));
        runs.restore(
                in,
                Key::read,
                from -> Codec.list(
                        from, i -> new Run(i.readUTF(), i.readLong(), i.readUTF(), i.readLong(), i.readLong())));
        messages.restore(in, Key::read, SenderSequence::read);
        cited.restore(in, Key::read, from -> Codec.list(from, i -> new Citation(i.readUTF(), read(i))));
        occurrences.restore(in, Key::read);
    }

    @Override
    public int size() {
        return said.size() + runs.size() + messages.size() + cited.size() + occurrences.size();
    }

    @Override
    public long overBudget() {
        return messages.evicted();
    }
}
