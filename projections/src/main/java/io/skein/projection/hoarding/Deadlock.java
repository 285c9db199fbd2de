package io.skein.projection.hoarding;

import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.alert.Detector;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.projection.detection.Codec;
import io.skein.projection.detection.Finding;
import io.skein.projection.detection.Occurrence;
import io.skein.projection.detection.Occurrences;
import io.skein.projection.detection.Parameters;
import io.skein.projection.detection.PatternFold;
import io.skein.projection.detection.Windowed;
import io.skein.projection.hoarding.Pool.Holding;
import io.skein.projection.hoarding.Pool.Wish;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds agents that hold what the others wait for and wait for what the others hold, by reduction of the claim graph (Holt 1972): who can be served
 * finishes and gives back; who is left when nobody can be served is deadlocked. O(claims) for a message; a wish of somebody who holds something costs
 * one reduction over at most {@link Policy#agents()} agents. The definition stands in docs/detectors.md.
 */
final class Deadlock implements PatternFold {
    static final String NAME = "claim-graph-reduction";
    private static final int PENDING = 10_000;

    /**
     * @param persistSeconds how long it must have stood, in event time
     * @param agents of one deadlock that are looked at, at most
     */
    record Policy(int persistSeconds, int agents) {
        static final Policy DEFAULT = new Policy(5, 256);

        long stepMilli() {
            return 1_000L * persistSeconds;
        }
    }

    private final Policy policy;
    private final ClaimBook book = new ClaimBook();
    private final Windowed<Key, Boolean> pending;
    private final Windowed<Key, Told> told = new Windowed<>(ClaimBook.WINDOW_MILLI, PENDING);
    private final Occurrences<Key> occurrences = new Occurrences<>(ClaimBook.WINDOW_MILLI, PENDING);
    /** Agent → the root of the deadlock it was told to be in. */
    private final Windowed<Key, String> members = new Windowed<>(ClaimBook.WINDOW_MILLI, 10 * PENDING);

    private static final class Told {
        Set<String> wishes = new LinkedHashSet<>();
    }

    /** An agent's open wish for a resource. */
    private record Wait(String resource, Pool pool, Wish wish) {}

    Deadlock(Policy policy) {
        this.policy = policy;
        this.pending = new Windowed<>(policy.stepMilli(), PENDING);
    }

    @Override
    public Detector identity() {
        return new Detector(NAME, "2", Parameters.of(policy));
    }

    @Override
    public List<Finding> on(AgentEvent event, long position, long atMilli) {
        // What stood until now is judged before the event may dissolve it.
        book.tick(atMilli);
        List<Finding> found = new ArrayList<>(0);
        for (Map.Entry<Key, Boolean> due = pending.pollOver(book.watermark());
                due != null;
                due = pending.pollOver(book.watermark())) {
            judge(due.getKey().network(), due.getKey().name(), position, found);
        }
        book.on(event, position, atMilli);
        String network = event.networkId().value();
        occurrences.forget(book.watermark(), position, found);
        told.forget(book.watermark());
        members.forget(book.watermark());
        for (String agent : book.touched()) {
            Key key = new Key(network, agent);
            end(key, position, found);
            if (pending.get(key) == null
                    && holdsAndWaits(network, agent)
                    && !core(network, agent).isEmpty()) {
                pending.put(key, true, book.watermark());
            }
        }
        return found;
    }

    /** Whether the deadlock that the agent was told to be in stands no longer. */
    private void end(Key agent, long position, List<Finding> found) {
        String root = members.get(agent);
        Key told = root == null ? null : new Key(agent.network(), root);
        if (told != null
                && occurrences.get(told) != null
                && core(agent.network(), agent.name()).isEmpty()) {
            occurrences.end(told, agent.name() + " can go on", position, found);
            this.told.remove(told);
        }
    }

    private boolean holdsAndWaits(String network, String agent) {
        boolean holds = false;
        boolean waits = false;
        for (String resource : book.resources(network, agent)) {
            Pool pool = book.pool(network, resource);
            holds |= pool != null && pool.holdings.containsKey(agent);
            Wish wish = pool == null ? null : pool.wishes.get(agent);
            waits |= wish != null && wish.open;
        }
        return holds && waits;
    }

    private List<Wait> waits(String network, String agent) {
        List<Wait> waits = new ArrayList<>(1);
        for (String resource : book.resources(network, agent)) {
            Pool pool = book.pool(network, resource);
            Wish wish = pool == null ? null : pool.wishes.get(agent);
            if (pool != null && wish != null && wish.open) {
                waits.add(new Wait(resource, pool, wish));
            }
        }
        return waits;
    }

    /** Who holds what the wait is for, as far as it was asked: the asked holders, or all of them where somebody else gives it out. */
    private static List<String> waitsFor(String agent, Wait wait) {
        List<String> asked = new ArrayList<>();
        boolean giver = false;
        for (String target : wait.wish().asked) {
            if (wait.pool().holdings.containsKey(target)) {
                asked.add(target);
            } else {
                giver = true;
            }
        }
        if (giver || asked.isEmpty()) {
            asked = new ArrayList<>(wait.pool().holdings.keySet());
        }
        asked.remove(agent);
        return asked;
    }

    /** The agents of the deadlock that {@code agent} is in, or leads to; empty: there is none. */
    private List<String> core(String network, String agent) {
        Map<String, List<Wait>> explored = new LinkedHashMap<>();
        ArrayDeque<String> next = new ArrayDeque<>(List.of(agent));
        Set<String> finished = new LinkedHashSet<>();
        while (!next.isEmpty()) {
            String one = next.removeFirst();
            if (explored.containsKey(one) || finished.contains(one)) {
                continue;
            }
            List<Wait> waits = waits(network, one);
            if (waits.isEmpty() || explored.size() == policy.agents()) {
                finished.add(one);
                continue;
            }
            explored.put(one, waits);
            for (Wait wait : waits) {
                next.addAll(waitsFor(one, wait));
            }
        }
        boolean served = true;
        while (served) {
            served = false;
            for (Map.Entry<String, List<Wait>> entry : List.copyOf(explored.entrySet())) {
                if (entry.getValue().stream().allMatch(wait -> canBeServed(entry.getKey(), wait, finished))) {
                    explored.remove(entry.getKey());
                    finished.add(entry.getKey());
                    served = true;
                }
            }
        }
        // Who merely waits for a deadlock is stuck, but no part of it.
        boolean removed = true;
        while (removed) {
            removed = false;
            Set<String> wanted = new LinkedHashSet<>();
            explored.forEach((one, waits) -> waits.forEach(wait -> wanted.addAll(waitsFor(one, wait))));
            for (String one : List.copyOf(explored.keySet())) {
                if (!wanted.contains(one)) {
                    explored.remove(one);
                    removed = true;
                }
            }
        }
        return List.copyOf(explored.keySet());
    }

    private static boolean canBeServed(String agent, Wait wait, Set<String> finished) {
        Pool pool = wait.pool();
        boolean giver = false;
        boolean holderAsked = false;
        for (String target : wait.wish().asked) {
            if (!pool.holdings.containsKey(target)) {
                giver = true;
            } else if (!target.equals(agent)) {
                holderAsked = true;
                if (finished.contains(target)) {
                    return true;
                }
            }
        }
        if (holderAsked && !giver) {
            return false;
        }
        double capacity = pool.knownCapacity();
        if (Double.isNaN(capacity)) {
            return true;
        }
        double free = capacity;
        for (Map.Entry<String, Holding> holding : pool.holdings.entrySet()) {
            free -= finished.contains(holding.getKey()) ? 0 : holding.getValue().amount;
        }
        return free >= wait.wish().amount * (1 - 1e-9);
    }

    private void judge(String network, String agent, long position, List<Finding> found) {
        List<String> core = core(network, agent);
        if (core.isEmpty()) {
            return;
        }
        long youngest = Long.MIN_VALUE;
        for (String one : core) {
            for (Wait wait : waits(network, one)) {
                for (String holder : waitsFor(one, wait)) {
                    if (core.contains(holder)) {
                        youngest = Math.max(youngest, wait.wish().sinceMilli);
                        Holding holding = wait.pool().holdings.get(holder);
                        youngest = Math.max(youngest, holding == null ? youngest : holding.sinceMilli);
                    }
                }
            }
        }
        if (youngest + policy.stepMilli() > book.watermark()) {
            pending.put(new Key(network, agent), true, book.watermark());
            return;
        }
        List<String> circle = circle(network, core);
        Key root = root(network, core);
        Told before = told.get(root);
        if (before == null) {
            before = new Told();
        }
        before.wishes.addAll(wishes(network, core));
        told.put(root, before, book.watermark());
        for (String one : core) {
            members.put(new Key(network, one), root.name(), book.watermark());
        }
        Occurrence occurrence = occurrences.seen(root, book.watermark());
        List<String> sentences = new ArrayList<>();
        for (String one : circle) {
            evidence(network, one, core, occurrence, sentences);
        }
        for (String one : core) {
            if (!circle.contains(one)) {
                evidence(network, one, core, occurrence, new ArrayList<>());
            }
        }
        occurrence.grownTo(Math.max(occurrence.count(), core.size()));
        if (!occurrence.tell()) {
            return;
        }
        Set<String> agents = new LinkedHashSet<>(circle);
        agents.addAll(core);
        found.add(occurrence.finding(
                identity(),
                Pattern.DEADLOCK,
                Severity.CRITICAL,
                Grade.FACT,
                network,
                List.of(root.name()),
                agents,
                String.join("; ", sentences) + ": none of "
                        + (core.size() == circle.size() ? "them" : core.size() + " agents") + " can go on.",
                "",
                position));
    }

    private void evidence(
            String network, String agent, List<String> core, Occurrence occurrence, List<String> sentences) {
        for (Wait wait : waits(network, agent)) {
            for (String holder : waitsFor(agent, wait)) {
                Holding holding = wait.pool().holdings.get(holder);
                if (core.contains(holder) && holding != null) {
                    occurrence.add(holding.grant, holding.position);
                    occurrence.add(wait.wish().message, wait.wish().position);
                    if (sentences.isEmpty() || !sentences.getLast().startsWith(agent + " ")) {
                        sentences.add(agent + " waits for " + wait.resource() + ", which " + holder + " holds");
                    }
                }
            }
        }
    }

    /** A way round through the core: from the longest waiting, always to the first holder it waits for. */
    private List<String> circle(String network, List<String> core) {
        String start = core.getFirst();
        long longest = Long.MAX_VALUE;
        for (String one : core) {
            for (Wait wait : waits(network, one)) {
                if (wait.wish().position < longest) {
                    longest = wait.wish().position;
                    start = one;
                }
            }
        }
        List<String> way = new ArrayList<>();
        String at = start;
        while (at != null && !way.contains(at)) {
            way.add(at);
            at = nextInCore(network, at, core);
        }
        return at == null ? way : List.copyOf(way.subList(way.indexOf(at), way.size()));
    }

    private @Nullable String nextInCore(String network, String agent, List<String> core) {
        for (Wait wait : waits(network, agent)) {
            for (String holder : waitsFor(agent, wait)) {
                if (core.contains(holder)) {
                    return holder;
                }
            }
        }
        return null;
    }

    private Set<String> wishes(String network, List<String> core) {
        Set<String> wishes = new LinkedHashSet<>();
        for (String one : core) {
            for (Wait wait : waits(network, one)) {
                if (waitsFor(one, wait).stream().anyMatch(core::contains)) {
                    wishes.add(wait.wish().message);
                }
            }
        }
        return wishes;
    }

    /** The wish that closed the circle; that of the deadlock which it has grown from, where all of that is still in it. */
    private Key root(String network, List<String> core) {
        Set<String> wishes = wishes(network, core);
        for (String one : core) {
            String known = members.get(new Key(network, one));
            Told before = known == null ? null : told.get(new Key(network, known));
            if (known != null && before != null && wishes.containsAll(before.wishes)) {
                return new Key(network, known);
            }
        }
        String newest = "";
        long position = 0;
        for (String one : core) {
            for (Wait wait : waits(network, one)) {
                if (wait.wish().position > position
                        && waitsFor(one, wait).stream().anyMatch(core::contains)) {
                    position = wait.wish().position;
                    newest = wait.wish().message;
                }
            }
        }
        return new Key(network, newest);
    }

    @Override
    public void save(DataOutput out) throws IOException {
        book.save(out);
        occurrences.save(out, Key::write);
        pending.save(out, Key::write, DataOutput::writeBoolean);
        told.save(out, Key::write, (to, each) -> {
            Codec.strings(to, each.wishes);
        });
        members.save(out, Key::write, DataOutput::writeUTF);
    }

    @Override
    public void restore(DataInput in) throws IOException {
        book.restore(in);
        occurrences.restore(in, Key::read);
        pending.restore(in, Key::read, DataInput::readBoolean);
        told.restore(in, Key::read, from -> {
            Told each = new Told();
            each.wishes = new LinkedHashSet<>(Codec.strings(from));
            return each;
        });
        members.restore(in, Key::read, DataInput::readUTF);
    }

    @Override
    public int size() {
        return book.size() + occurrences.size() + pending.size() + told.size() + members.size();
    }

    @Override
    public long overBudget() {
        return book.evicted() + pending.evicted();
    }
}
