package io.skein.projection.hoarding;

import static io.skein.kernel.message.ClaimAction.GRANT;
import static io.skein.kernel.message.ClaimAction.REFUSE;
import static io.skein.kernel.message.ClaimAction.RELEASE;
import static io.skein.kernel.message.ClaimAction.REQUEST;
import static io.skein.kernel.message.ClaimAction.USE;
import static org.assertj.core.api.Assertions.assertThat;

import io.skein.kernel.alert.Pattern;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.message.ClaimAction;
import io.skein.kernel.message.MessageType;
import io.skein.projection.detection.Finding.Told;
import io.skein.projection.detection.Script;
import io.skein.projection.detection.Watched;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

class HoardingProperties {
    private static final List<String> AGENTS = List.of("a", "b", "c", "d", "e", "f");

    @Property(tries = 150)
    void who_keeps_most_of_it_idle_and_refuses_the_others_is_found_and_nobody_else(@ForAll Random random) {
        Script script = new Script();
        List<String> cast = new ArrayList<>(AGENTS);
        Collections.shuffle(cast, random);
        boolean reports = random.nextBoolean();
        normal(script, random, cast, reports);
        String hoarder = "hoarder";
        int amount = 70 + random.nextInt(25);
        grant(script, hoarder, amount);
        for (int i = 0; i < 14; i++) {
            String other = cast.get(i % 4);
            String wish = claim(script, MessageType.REQUEST, other, hoarder, null, REQUEST, 30);
            script.pause(500);
            claim(script, MessageType.RESPONSE, hoarder, other, wish, REFUSE, 30);
            script.pause(1_000 + random.nextInt(1_000));
        }
        Watched watched =
                Watched.over(() -> new Hoarding(Hoarding.Policy.DEFAULT), script.recorded(), random.nextInt(60));
        List<Told> alerts = watched.alerts(each -> true);
        assertThat(alerts).hasSize(1);
        assertThat(alerts.getFirst().alert().pattern()).isEqualTo(Pattern.HOARDING);
        assertThat(alerts.getFirst().alert().agents()).containsExactly(new AgentId(hoarder));
    }

    @Property(tries = 150)
    void heavy_but_fair_or_busy_holders_and_full_pools_accuse_nobody(@ForAll Random random) {
        Script script = new Script();
        List<String> cast = new ArrayList<>(AGENTS);
        Collections.shuffle(cast, random);
        normal(script, random, cast, true);
        switch (random.nextInt(4)) {
            case 0 -> {
                // Takes nearly all, works with it, and cannot share.
                grant(script, "heavy", 90);
                for (int i = 0; i < 14; i++) {
                    claim(script, MessageType.BROADCAST, "heavy", "scheduler", null, USE, 90);
                    refused(script, cast.get(i % 4), "heavy", 30);
                    script.pause(2_000);
                }
            }
            case 1 -> {
                // Leaves nearly all idle, but nobody else asks for it.
                grant(script, "heavy", 90);
                script.pause(120_000);
            }
            case 2 -> {
                // Everybody has the same and the pool is full: refusals are nobody's fault.
                for (String agent : cast.subList(0, 5)) {
                    grant(script, agent, 20);
                }
                for (int i = 0; i < 20; i++) {
                    refused(script, "late" + i % 3, "scheduler", 20);
                    script.pause(1_000);
                }
            }
            default -> {
                // Holds much, idle, is asked, and hands it over.
                grant(script, "heavy", 80);
                for (int i = 0; i < 4; i++) {
                    String wish = claim(script, MessageType.REQUEST, cast.get(i), "heavy", null, REQUEST, 20);
                    claim(script, MessageType.RESPONSE, "heavy", cast.get(i), wish, GRANT, 20);
                    script.pause(2_000);
                }
            }
        }
        assertThat(Watched.over(() -> new Hoarding(Hoarding.Policy.DEFAULT), script.recorded(), random.nextInt(60))
                        .findings())
                .isEmpty();
    }

    /** A scheduler gives out shares that are used and come back. */
    private static void normal(Script script, Random random, List<String> cast, boolean reports) {
        for (int i = 0; i < 20; i++) {
            String agent = cast.get(random.nextInt(cast.size()));
            int amount = 10 + random.nextInt(10);
            grant(script, agent, amount);
            if (reports) {
                claim(script, MessageType.BROADCAST, agent, "scheduler", null, USE, amount);
            }
            script.pause(1_000);
            claim(script, MessageType.BROADCAST, agent, "scheduler", null, RELEASE, amount);
        }
        // All of it at once, so that the capacity is known.
        for (String agent : cast.subList(0, 5)) {
            grant(script, agent, 20);
        }
        for (String agent : cast.subList(0, 5)) {
            claim(script, MessageType.BROADCAST, agent, "scheduler", null, RELEASE, 20);
        }
        script.pause(40_000);
    }

    private static void grant(Script script, String agent, int amount) {
        String wish = claim(script, MessageType.REQUEST, agent, "scheduler", null, REQUEST, amount);
        claim(script, MessageType.RESPONSE, "scheduler", agent, wish, GRANT, amount);
    }

    private static void refused(Script script, String agent, String by, int amount) {
        String wish = claim(script, MessageType.REQUEST, agent, by, null, REQUEST, amount);
        claim(script, MessageType.RESPONSE, by, agent, wish, REFUSE, amount);
    }

    private static String claim(
            Script script,
            MessageType type,
            String from,
            String to,
            @Nullable String cause,
            ClaimAction action,
            int amount) {
        return script.claim(type, from, to, cause, action, "gpu", amount, "percent");
    }

    @Property(tries = 300)
    void a_circle_of_waiting_is_found_exactly_where_a_search_for_circles_finds_one(@ForAll Random random) {
        Script script = new Script();
        Map<String, String> owner = new LinkedHashMap<>();
        Map<String, String> wanted = new HashMap<>();
        Map<String, String> wishes = new HashMap<>();
        for (int i = 0; i < 40; i++) {
            String agent = AGENTS.get(random.nextInt(AGENTS.size()));
            String lock = "lock" + random.nextInt(5);
            String holder = owner.get(lock);
            if (wanted.containsKey(agent)) {
                if (random.nextInt(3) == 0) {
                    // Asks again.
                    String same = wanted.get(agent);
                    lock(
                            script,
                            MessageType.REQUEST,
                            agent,
                            owner.getOrDefault(same, "scheduler"),
                            null,
                            REQUEST,
                            same);
                } else if (random.nextInt(4) == 0) {
                    lock(
                            script,
                            MessageType.RESPONSE,
                            "scheduler",
                            agent,
                            wishes.get(agent),
                            REFUSE,
                            wanted.get(agent));
                    wanted.remove(agent);
                }
            } else if (holder == null) {
                String wish = lock(script, MessageType.REQUEST, agent, "scheduler", null, REQUEST, lock);
                lock(script, MessageType.RESPONSE, "scheduler", agent, wish, GRANT, lock);
                owner.put(lock, agent);
            } else if (holder.equals(agent)) {
                if (random.nextBoolean()) {
                    lock(script, MessageType.BROADCAST, agent, "scheduler", null, RELEASE, lock);
                    owner.remove(lock);
                }
            } else {
                wishes.put(
                        agent,
                        lock(
                                script,
                                MessageType.REQUEST,
                                agent,
                                random.nextBoolean() ? holder : "scheduler",
                                null,
                                REQUEST,
                                lock));
                wanted.put(agent, lock);
            }
            script.pause(random.nextInt(1_500));
        }
        Set<Set<String>> expected = circles(owner, wanted);
        script.pause(6_000);
        script.say(MessageType.REQUEST, "x", List.of("y"), "c", null, "tick");
        script.pause(6_000);
        script.say(MessageType.REQUEST, "x", List.of("y"), "c", null, "tick again");
        Watched watched =
                Watched.over(() -> new Deadlock(Deadlock.Policy.DEFAULT), script.recorded(), random.nextInt(60));
        Set<Set<String>> found = new HashSet<>();
        for (Told finding : watched.alerts(each -> true)) {
            Set<String> agents = new TreeSet<>();
            finding.alert().agents().forEach(agent -> agents.add(agent.value()));
            found.add(agents);
        }
        // Circles that came apart before the end were there for a step, or were not told.
        assertThat(found).containsAll(expected);
        for (Set<String> circle : found) {
            assertThat(circle).hasSizeGreaterThan(1);
        }
        if (expected.isEmpty() && wanted.isEmpty()) {
            assertThat(watched.findings().size()).isLessThan(10);
        }
    }

    /** Every agent wants one lock at most: follow the owners. */
    private static Set<Set<String>> circles(Map<String, String> owner, Map<String, String> wanted) {
        Set<Set<String>> circles = new HashSet<>();
        for (String start : AGENTS) {
            List<String> way = new ArrayList<>();
            String at = start;
            while (at != null && !way.contains(at)) {
                way.add(at);
                String lock = wanted.get(at);
                at = lock == null ? null : owner.get(lock);
            }
            if (at != null && at.equals(start)) {
                circles.add(new TreeSet<>(way));
            }
        }
        return circles;
    }

    private static String lock(
            Script script,
            MessageType type,
            String from,
            String to,
            @Nullable String cause,
            ClaimAction action,
            String lock) {
        return script.claim(type, from, to, cause, action, lock, 1, "lock");
    }

    @Example
    void who_may_be_served_by_somebody_else_as_well_is_not_deadlocked() {
        for (boolean also : List.of(false, true)) {
            Script script = new Script();
            units(script, GRANT, "scheduler", "a", "r0", 2, 5);
            units(script, GRANT, "scheduler", "b", "r1", 2, 5);
            units(script, REQUEST, "a", "b", "r1", 2, 5);
            units(script, REQUEST, "b", "a", "r0", 2, 5);
            if (also) {
                units(script, REQUEST, "b", "scheduler", "r0", 2, 5);
            }
            script.pause(6_000);
            script.say(MessageType.REQUEST, "x", List.of("y"), "c", null, "tick");
            script.pause(6_000);
            script.say(MessageType.REQUEST, "x", List.of("y"), "c", null, "tick again");
            assertThat(Watched.over(() -> new Deadlock(Deadlock.Policy.DEFAULT), script.recorded(), 3)
                            .findings())
                    .hasSize(also ? 0 : 1);
        }
    }

    @Property(tries = 200)
    void no_circle_is_told_where_locks_are_taken_in_one_order(@ForAll Random random) {
        Script script = new Script();
        Map<String, String> owner = new HashMap<>();
        Map<String, Integer> highest = new HashMap<>();
        Set<String> waiting = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            String agent = AGENTS.get(random.nextInt(AGENTS.size()));
            int number = highest.getOrDefault(agent, -1) + 1 + random.nextInt(3);
            String lock = "lock" + number;
            if (waiting.contains(agent) || number > 9) {
                continue;
            }
            String wish = lock(
                    script, MessageType.REQUEST, agent, owner.getOrDefault(lock, "scheduler"), null, REQUEST, lock);
            if (owner.containsKey(lock)) {
                waiting.add(agent);
            } else {
                lock(script, MessageType.RESPONSE, "scheduler", agent, wish, GRANT, lock);
                owner.put(lock, agent);
                highest.put(agent, number);
            }
            script.pause(random.nextInt(3_000));
        }
        script.pause(6_000);
        script.say(MessageType.REQUEST, "x", List.of("y"), "c", null, "tick");
        assertThat(Watched.over(() -> new Deadlock(Deadlock.Policy.DEFAULT), script.recorded(), random.nextInt(60))
                        .findings())
                .isEmpty();
    }

    @Property(tries = 100)
    void counted_units_are_deadlocked_only_when_no_order_of_finishing_exists(@ForAll Random random) {
        // Holdings and wishes of up to four agents for two counted resources; by definition, try every order of
        // finishing.
        int agents = 2 + random.nextInt(3);
        int[][] held = new int[agents][2];
        int[][] want = new int[agents][2];
        int[] capacity = new int[2];
        Script script = new Script();
        for (int a = 0; a < agents; a++) {
            for (int r = 0; r < 2; r++) {
                held[a][r] = random.nextInt(4);
                capacity[r] += held[a][r];
            }
        }
        capacity[0] += random.nextInt(3);
        capacity[1] += random.nextInt(3);
        for (int a = 0; a < agents; a++) {
            for (int r = 0; r < 2; r++) {
                if (held[a][r] > 0) {
                    units(script, GRANT, "scheduler", "a" + a, "r" + r, held[a][r], capacity[r]);
                }
            }
        }
        for (int a = 0; a < agents; a++) {
            int r = random.nextInt(2);
            want[a][r] = Math.min(capacity[r] - held[a][r], random.nextInt(6));
            if (want[a][r] > 0) {
                units(script, REQUEST, "a" + a, "scheduler", "r" + r, want[a][r], capacity[r]);
            }
        }
        script.pause(6_000);
        script.say(MessageType.REQUEST, "x", List.of("y"), "c", null, "tick");
        script.pause(6_000);
        script.say(MessageType.REQUEST, "x", List.of("y"), "c", null, "tick again");
        boolean stuck = !anyOrderFinishes(held, want, capacity, new boolean[agents]);
        Watched watched = Watched.over(() -> new Deadlock(Deadlock.Policy.DEFAULT), script.recorded(), 3);
        assertThat(watched.alerts(each -> true).isEmpty())
                .as(Arrays.deepToString(held) + Arrays.deepToString(want) + Arrays.toString(capacity))
                .isEqualTo(!stuck);
    }

    private static boolean anyOrderFinishes(int[][] held, int[][] want, int[] capacity, boolean[] done) {
        boolean all = true;
        for (int a = 0; a < held.length; a++) {
            if (done[a]) {
                continue;
            }
            all = false;
            boolean served = true;
            for (int r = 0; r < 2; r++) {
                int free = capacity[r];
                for (int other = 0; other < held.length; other++) {
                    free -= done[other] ? 0 : held[other][r];
                }
                served &= want[a][r] <= free;
            }
            if (served) {
                done[a] = true;
                if (anyOrderFinishes(held, want, capacity, done)) {
                    return true;
                }
                done[a] = false;
            }
        }
        return all;
    }

    private static void units(
            Script script, ClaimAction action, String from, String to, String resource, int amount, int capacity) {
        script.say(
                action == GRANT ? MessageType.RESPONSE : MessageType.REQUEST,
                from,
                List.of(to),
                "claims",
                null,
                action + " " + resource + " " + to,
                List.of(new io.skein.kernel.message.Claim(resource, action, amount, "unit", null)),
                action == GRANT ? Map.of("capacity", Integer.toString(capacity)) : Map.of());
    }
}
