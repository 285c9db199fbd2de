package io.skein.projection.byzantine;

import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.alert.Detector;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.message.Claim;
import io.skein.kernel.message.ClaimAction;
import io.skein.kernel.message.JsonText;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds claims that cannot both hold: released what was never held, granted beyond the capacity that the granter itself declares. O(claims) for a
 * message; memory bounded by {@link Policy} resources of {@link Policy} holds. The definition stands in docs/detectors.md.
 */
final class Contradiction implements PatternFold {
    static final String NAME = "contradiction";
    private static final String OWASP = "ASI10 Rogue Agents";
    private static final int GRANTS_EACH = 8;
    private static final double EXACT = 1e-9;

    private record Between(String granter, String holder) {}

    private record Grant(String message, long position) {}

    private static final class Hold {
        double amount;
        long touchedMilli;
        List<Grant> grants = new ArrayList<>(1);
    }

    /** Who holds how much of one resource, by whose grant; longest untouched first. */
    private static final class Pool {
        final LinkedHashMap<Between, Hold> holds = new LinkedHashMap<>();
        /** All that was ever given back, by granter. */
        final Map<String, Double> returned = new LinkedHashMap<>();
        /** Something was forgotten or may have been counted twice: absence proves nothing any more. */
        boolean doubt;

        double heldBy(String holder) {
            double sum = 0;
            for (Map.Entry<Between, Hold> hold : holds.entrySet()) {
                sum += hold.getKey().holder().equals(holder) ? hold.getValue().amount : 0;
            }
            return sum;
        }

        double grantedBy(String granter) {
            double sum = 0;
            for (Map.Entry<Between, Hold> hold : holds.entrySet()) {
                sum += hold.getKey().granter().equals(granter) ? hold.getValue().amount : 0;
            }
            return sum;
        }

        /** Takes back what is there; what is left over. */
        double takeBack(String holder, double amount) {
            double left = amount;
            List<Between> empty = new ArrayList<>(0);
            for (Map.Entry<Between, Hold> entry : holds.entrySet()) {
                if (entry.getKey().holder().equals(holder) && left > 0) {
                    Hold hold = entry.getValue();
                    double taken = Math.min(hold.amount, left);
                    hold.amount -= taken;
                    returned.merge(entry.getKey().granter(), taken, Double::sum);
                    left -= taken;
                    if (hold.amount <= EXACT * amount) {
                        empty.add(entry.getKey());
                    }
                }
            }
            empty.forEach(holds::remove);
            return left > EXACT * amount ? left : 0;
        }
    }

    /** Too much released or granted so far; the other side of it may be under way. {@code amount}: what is missing, or the declared capacity. {@code granted}:
     * for a grant, what was out then; for a release, 0 where nobody had been seen to grant any of it.
     */
    private record Doubtful(
            boolean release,
            String agent,
            double amount,
            double granted,
            double returned,
            String message,
            long position) {}

    /**
     * @param holdSeconds how long a grant is remembered, in event time
     * @param reorderSeconds how long the other side of a claim may be under way
     * @param resources kept at most
     * @param holds kept of each
     * @param quietSeconds without another contradiction it is over
     */
    record Policy(int holdSeconds, int reorderSeconds, int resources, int holds, int quietSeconds) {
        static final Policy DEFAULT = new Policy(900, 5, 10_000, 1_000, 600);
    }

    private final Policy policy;
    private final Windowed<Key, Pool> pools;
    private final Windowed<Key, Doubtful> doubtful;
    private final Windowed<Key, Boolean> seen;
    private final Occurrences<Key> occurrences;
    private long watermark = Long.MIN_VALUE;

    Contradiction(Policy policy) {
        this.policy = policy;
        this.pools = new Windowed<>(4 * (1_000L * policy.holdSeconds()), policy.resources());
        this.doubtful = new Windowed<>((1_000L * policy.reorderSeconds()), policy.resources());
        this.seen = new Windowed<>((1_000L * policy.holdSeconds()), 10 * policy.resources());
        this.occurrences = new Occurrences<>((1_000L * policy.quietSeconds()), policy.resources());
    }

    @Override
    public Detector identity() {
        return new Detector(NAME, "2", Parameters.of(policy));
    }

    @Override
    public List<Finding> on(AgentEvent event, long position, long atMilli) {
        return switch (event) {
            case MessageRecorded recorded -> on(recorded.message(), atMilli, false, position);
            case MessageBlocked blocked -> on(blocked.message(), atMilli, true, position);
            default -> List.of();
        };
    }

    private List<Finding> on(Message message, long atMilli, boolean blocked, long position) {
        watermark = Math.max(watermark, atMilli);
        pools.forget(watermark);
        seen.forget(watermark);
        List<Finding> found = new ArrayList<>(0);
        occurrences.forget(watermark, position, found);
        for (Map.Entry<Key, Doubtful> due = doubtful.pollOver(watermark);
                due != null;
                due = doubtful.pollOver(watermark)) {
            judge(due.getKey(), due.getValue(), position, found);
        }
        if (message.claims().isEmpty()) {
            return found;
        }
        String network = message.networkId().value();
        boolean repeated = isRepeated(message);
        int index = 0;
        for (Claim claim : message.claims()) {
            if (claim.action() == ClaimAction.GRANT && !repeated) {
                grant(network, message, claim, index, blocked, position);
            } else if (claim.action() == ClaimAction.RELEASE) {
                release(network, message, claim, repeated || blocked, repeated, position);
            }
            index++;
        }
        return found;
    }

    /** Whether it may be a message said again: by the sender's counter, else by its cause, else by its words. */
    private boolean isRepeated(Message message) {
        String identity;
        if (message.sequence() != null) {
            identity = "number " + Fields.epoch(message) + " " + message.sequence();
        } else {
            Digest digest = Fields.said(message);
            identity = "words "
                    + (message.causationId() == null
                            ? ""
                            : message.causationId().value()) + " " + Long.toHexString(digest.high())
                    + Long.toHexString(digest.low()) + message.targetAgents();
        }
        Key key = Key.of(message.networkId().value(), message.agentId().value(), identity);
        boolean repeated = seen.get(key) != null;
        seen.put(key, true, watermark);
        return repeated;
    }

    private Pool pool(Key key) {
        Pool pool = pools.get(key);
        if (pool == null) {
            pool = new Pool();
        }
        pools.put(key, pool, watermark);
        while (!pool.holds.isEmpty()
                && (pool.holds.size() > policy.holds()
                        || pool.holds.firstEntry().getValue().touchedMilli + (1_000L * policy.holdSeconds())
                                <= watermark)) {
            pool.holds.pollFirstEntry();
            pool.doubt = true;
        }
        return pool;
    }

    private void grant(String network, Message message, Claim claim, int index, boolean blocked, long position) {
        String granter = message.agentId().value();
        Key resource = Key.of(network, claim.resource());
        Pool pool = pool(resource);
        boolean given = false;
        for (AgentId target : message.targetAgents()) {
            String holder = target.value();
            if (holder.equals(granter)) {
                continue;
            }
            given = true;
            double amount = settle(resource, holder, claim.amount());
            if (amount <= 0) {
                continue;
            }
            Between between = new Between(granter, holder);
            Hold hold = pool.holds.remove(between);
            if (hold == null) {
                hold = new Hold();
            }
            hold.amount += amount;
            hold.touchedMilli = watermark;
            hold.grants.add(new Grant(message.messageId().value(), position));
            if (hold.grants.size() > GRANTS_EACH) {
                hold.grants.removeFirst();
            }
            pool.holds.put(between, hold);
        }
        Double capacity = capacity(message, claim);
        if (!blocked && given && capacity != null && pool.grantedBy(granter) > capacity * (1 + EXACT)) {
            doubtful.put(
                    new Key(network, claim.resource(), message.messageId().value(), Integer.toString(index)),
                    new Doubtful(
                            false,
                            granter,
                            capacity,
                            pool.grantedBy(granter),
                            pool.returned.getOrDefault(granter, 0.0),
                            message.messageId().value(),
                            position),
                    watermark);
        }
    }

    /** What was released before its grant was known is taken from the grant; what is left of it. */
    private double settle(Key resource, String holder, double amount) {
        Key waiting = new Key(resource.network(), resource.first(), holder, "release");
        Doubtful release = doubtful.get(waiting);
        if (release == null) {
            return amount;
        }
        double left = release.amount() - amount;
        doubtful.remove(waiting);
        if (left > EXACT * amount) {
            doubtful.put(
                    waiting, new Doubtful(true, holder, left, 0, 0, release.message(), release.position()), watermark);
        }
        return Math.max(0, -left);
    }

    private void release(
            String network, Message message, Claim claim, boolean silent, boolean repeated, long position) {
        Key resource = Key.of(network, claim.resource());
        Pool known = pools.get(resource);
        Pool pool = known == null ? new Pool() : pool(resource);
        String holder = message.agentId().value();
        if (repeated) {
            pool.doubt |= message.sequence() == null && pool.heldBy(holder) > 0;
            if (message.sequence() != null) {
                return;
            }
        }
        double left = pool.takeBack(holder, claim.amount());
        if (left > 0 && !silent) {
            Key waiting = new Key(network, claim.resource(), holder, "release");
            Doubtful earlier = doubtful.get(waiting);
            doubtful.put(
                    waiting,
                    new Doubtful(
                            true,
                            holder,
                            left + (earlier == null ? 0 : earlier.amount()),
                            known == null ? 0 : 1,
                            0,
                            message.messageId().value(),
                            position),
                    watermark);
        }
    }

    private static @Nullable Double capacity(Message message, Claim claim) {
        JsonText declared = message.metadata().get("capacity");
        if (declared == null) {
            return null;
        }
        try {
            boolean one =
                    message.claims().stream().map(Claim::resource).distinct().count() == 1;
            return one ? Double.valueOf(declared.value()) : null;
        } catch (NumberFormatException other) {
            return null;
        }
    }

    private void judge(Key key, Doubtful doubt, long position, List<Finding> found) {
        Key resource = Key.of(key.network(), key.first());
        Pool pool = pools.get(resource);
        if (pool == null) {
            return;
        }
        Occurrence occurrence = occurrences.seen(
                new Key(key.network(), doubt.release() ? "release" : "grant", doubt.agent(), key.first()), watermark);
        String description;
        List<String> agents = new ArrayList<>(List.of(doubt.agent()));
        Grade grade = Grade.FACT;
        if (doubt.release()) {
            if (doubt.granted() == 0) {
                // Nobody had been seen to grant any of it: it was not given out here.
                return;
            }
            grade = pool.doubt ? Grade.SUSPICION : Grade.FACT;
            occurrence.add(doubt.message(), doubt.position());
            description = doubt.agent() + " released " + plain(doubt.amount()) + " of " + key.first()
                    + " that it was never granted";
        } else {
            // What was given back since may have been free when it was granted; what was granted since is judged by
            // itself.
            double granted = doubt.granted() - (pool.returned.getOrDefault(doubt.agent(), 0.0) - doubt.returned());
            if (granted <= doubt.amount() * (1 + EXACT)) {
                return;
            }
            for (Map.Entry<Between, Hold> hold : pool.holds.entrySet()) {
                if (hold.getKey().granter().equals(doubt.agent())) {
                    hold.getValue().grants.forEach(grant -> occurrence.add(grant.message(), grant.position()));
                    if (agents.size() < 16) {
                        agents.add(hold.getKey().holder());
                    }
                }
            }
            occurrence.add(doubt.message(), doubt.position());
            description = doubt.agent() + " granted " + plain(granted) + " of " + key.first()
                    + " though it says that there are only " + plain(doubt.amount());
        }
        long times = occurrence.grow();
        if (occurrence.tell()) {
            found.add(occurrence.finding(
                    identity(),
                    Pattern.CONTRADICTION,
                    grade == Grade.FACT ? Severity.CRITICAL : Severity.INFO,
                    grade,
                    key.network(),
                    List.of(
                            doubt.release() ? "release" : "grant",
                            doubt.agent(),
                            key.first(),
                            occurrence.firstMessage()),
                    agents,
                    description + (times == 1 ? "." : " (" + times + " times)."),
                    OWASP,
                    position));
        }
    }

    private static String plain(double amount) {
        StringBuilder text = new StringBuilder();
        CanonicalJson.number(text, amount);
        return text.toString();
    }

    @Override
    public void save(DataOutput out) throws IOException {
        out.writeLong(watermark);
        pools.save(out, Key::write, (to, pool) -> {
            to.writeBoolean(pool.doubt);
            Codec.list(to, pool.returned.entrySet(), (o, entry) -> {
                o.writeUTF(entry.getKey());
                o.writeDouble(entry.getValue());
            });
            Codec.list(to, pool.holds.entrySet(), (o, entry) -> {
                o.writeUTF(entry.getKey().granter());
                o.writeUTF(entry.getKey().holder());
                o.writeDouble(entry.getValue().amount);
                o.writeLong(entry.getValue().touchedMilli);
                Codec.list(o, entry.getValue().grants, (g, grant) -> {
                    g.writeUTF(grant.message());
                    g.writeLong(grant.position());
                });
            });
        });
        doubtful.save(out, Key::write, (to, doubt) -> {
            to.writeBoolean(doubt.release());
            to.writeUTF(doubt.agent());
            to.writeDouble(doubt.amount());
            to.writeDouble(doubt.granted());
            to.writeDouble(doubt.returned());
            to.writeUTF(doubt.message());
            to.writeLong(doubt.position());
        });
        seen.save(out, Key::write, DataOutput::writeBoolean);
        occurrences.save(out, Key::write);
    }

    @Override
    public void restore(DataInput in) throws IOException {
        watermark = in.readLong();
        pools.restore(in, Key::read, from -> {
            Pool pool = new Pool();
            pool.doubt = from.readBoolean();
            for (int left = from.readInt(); left > 0; left--) {
                pool.returned.put(from.readUTF(), from.readDouble());
            }
            for (int left = from.readInt(); left > 0; left--) {
                Between between = new Between(from.readUTF(), from.readUTF());
                Hold hold = new Hold();
                hold.amount = from.readDouble();
                hold.touchedMilli = from.readLong();
                hold.grants = Codec.list(from, i -> new Grant(i.readUTF(), i.readLong()));
                pool.holds.put(between, hold);
            }
            return pool;
        });
        doubtful.restore(
                in,
                Key::read,
                from -> new Doubtful(
                        from.readBoolean(),
                        from.readUTF(),
                        from.readDouble(),
                        from.readDouble(),
                        from.readDouble(),
                        from.readUTF(),
                        from.readLong()));
        seen.restore(in, Key::read, DataInput::readBoolean);
        occurrences.restore(in, Key::read);
    }

    @Override
    public int size() {
        return pools.size() + doubtful.size() + seen.size() + occurrences.size();
    }

    @Override
    public long overBudget() {
        return pools.evicted();
    }
}
