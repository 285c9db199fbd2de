package io.skein.projection.interventions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.skein.kernel.intervention.Effect;
import io.skein.kernel.intervention.Effect.Measure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EffectsTest {
    private static final long START = 1_000_000;
    private static final long WINDOW = 60_000;

    /** Every agent says {@code many} messages in each of the three periods, with a share of trouble for each. */
    private static void says(List<Said> said, Random random, String agent, String to, int many, double[] trouble) {
        for (int period = 0; period < 3; period++) {
            for (int i = 0; i < many; i++) {
                long at = START + (period - 2) * WINDOW + (long) (random.nextDouble() * WINDOW);
                said.add(new Said(at, agent, List.of(to), random.nextDouble() < trouble[period]));
            }
        }
    }

    /** Ten that talk with the guilty one, thirty that do not. */
    private static Effect fleet(double[] contacts, double[] others, long seed) {
        List<Said> said = new ArrayList<>();
        Random random = new Random(seed);
        for (int i = 0; i < 10; i++) {
            says(said, random, "contact-" + i, "guilty", 40, contacts);
        }
        for (int i = 0; i < 30; i++) {
            says(said, random, "other-" + i, "other-" + (i + 1) % 30, 30 + i, others);
        }
        says(said, random, "guilty", "contact-0", 100, new double[] {0.9, 0.9, 0.9});
        return Effects.of("guilty", START, WINDOW, WINDOW, true, said, Set.of());
    }

    @Test
    void a_real_effect_is_told_from_a_trend_that_everybody_has() {
        Measure real = fleet(new double[] {0.5, 0.5, 0.1}, new double[] {0.2, 0.2, 0.3}, 1)
                .trouble();
        assertThat(real.effect()).isCloseTo(-0.5, within(0.1));
        assertThat(real.high()).isNotNull().isLessThan(-0.3);
        assertThat(real.placebo()).isCloseTo(0, within(0.1));
        Measure trend = fleet(new double[] {0.5, 0.5, 0.2}, new double[] {0.5, 0.5, 0.2}, 2)
                .trouble();
        assertThat(trend.naive()).as("looks good").isLessThan(-0.2);
        assertThat(trend.effect()).as("and is nothing").isCloseTo(0, within(0.1));
        assertThat(trend.low()).isNotNull().isNegative();
        assertThat(trend.high()).isNotNull().isPositive();
    }

    @Test
    void the_interval_covers_the_truth_at_least_as_often_as_it_says() {
        int covered = 0;
        for (int seed = 0; seed < 300; seed++) {
            Measure measure = fleet(new double[] {0.4, 0.4, 0.2}, new double[] {0.4, 0.4, 0.4}, seed)
                    .trouble();
            covered += Objects.requireNonNull(measure.low()) <= -0.2 && Objects.requireNonNull(measure.high()) >= -0.2
                    ? 1
                    : 0;
        }
        assertThat(covered).isBetween(262, 298);
    }

    @Test
    void where_nobody_is_left_to_compare_with_only_the_naive_figure_is_given() {
        Effect effect = Effects.of(
                "guilty",
                START,
                WINDOW,
                WINDOW,
                true,
                List.of(
                        new Said(START - 10, "a", List.of("guilty"), true),
                        new Said(START + 10, "a", List.of("b"), false)),
                Set.of());
        assertThat(effect.trouble()).isEqualTo(new Measure(null, null, null, null, -1.0, 1, 0));
        assertThat(effect.traffic().naive()).isZero();
    }

    /** Beside a reading of the definition that counts everything anew for each figure. */
    @Property(tries = 200)
    void the_effect_is_what_the_definition_gives(@ForAll long seed) {
        Random random = new Random(seed);
        List<Said> said = new ArrayList<>();
        int agents = 2 + random.nextInt(8);
        for (int i = random.nextInt(150); i > 0; i--) {
            said.add(new Said(
                    START + (long) ((random.nextDouble() * 3.4 - 2.2) * WINDOW),
                    "a" + random.nextInt(agents),
                    List.of("a" + random.nextInt(agents), "a" + random.nextInt(agents)),
                    random.nextInt(3) == 0));
        }
        long length = WINDOW / (1 + random.nextInt(4));
        Set<String> apart = random.nextBoolean() ? Set.of() : Set.of("a1");
        Effect effect = Effects.of("a0", START, WINDOW, length, false, said, apart);
        for (boolean trouble : new boolean[] {true, false}) {
            Measure measure = trouble ? effect.trouble() : effect.traffic();
            same(measure.effect(), naive(said, agents, apart, trouble, 0, length, true));
            same(measure.naive(), naive(said, agents, apart, trouble, 0, length, false));
            same(measure.placebo(), naive(said, agents, apart, trouble, -WINDOW, WINDOW, true));
        }
    }

    private static void same(@Nullable Double found, @Nullable Double expected) {
        if (expected == null || found == null) {
            assertThat(found).isEqualTo(expected);
        } else {
            assertThat(found).isCloseTo(expected, within(1e-9));
        }
    }

    private static @Nullable Double naive(
            List<Said> said,
            int agents,
            Set<String> apart,
            boolean trouble,
            long shift,
            long length,
            boolean compared) {
        long zero = START + shift;
        Set<String> contacts = new HashSet<>();
        for (Said one : said) {
            if (one.atMilli() >= zero - WINDOW && one.atMilli() < zero) {
                if (one.sender().equals("a0")) {
                    contacts.addAll(one.targets());
                } else if (one.targets().contains("a0")) {
                    contacts.add(one.sender());
                }
            }
        }
        Set<String> usable = new TreeSet<>();
        for (int i = 1; i < agents; i++) {
            String agent = "a" + i;
            boolean after = count(said, agent, zero, zero + length, false) > 0;
            if (!apart.contains(agent) && count(said, agent, zero - WINDOW, zero, false) > 0 && (after || !trouble)) {
                usable.add(agent);
            }
        }
        double sum = 0;
        int many = 0;
        for (String agent : usable) {
            if (!contacts.contains(agent)) {
                continue;
            }
            List<String> others = new ArrayList<>(usable);
            others.removeAll(contacts);
            others.sort((one, other) -> {
                int nearer = Double.compare(distance(said, agent, one, zero), distance(said, agent, other, zero));
                return nearer != 0 ? nearer : one.compareTo(other);
            });
            double own = change(said, agent, zero, length, trouble);
            if (compared && others.isEmpty()) {
                continue;
            }
            List<String> nearest = others.subList(0, Math.min(3, others.size()));
            double theirs = 0;
            for (String other : nearest) {
                theirs += change(said, other, zero, length, trouble) / nearest.size();
            }
            sum += compared ? own - theirs : own;
            many++;
        }
        return many == 0 ? null : sum / many;
    }

    private static double distance(List<Said> said, String one, String other, long zero) {
        double sentOne = count(said, one, zero - WINDOW, zero, false);
        double sentOther = count(said, other, zero - WINDOW, zero, false);
        return Math.abs(StrictMath.log1p(sentOne) - StrictMath.log1p(sentOther))
                + Math.abs(count(said, one, zero - WINDOW, zero, true) / sentOne
                        - count(said, other, zero - WINDOW, zero, true) / sentOther);
    }

    private static double change(List<Said> said, String agent, long zero, long length, boolean trouble) {
        double before = count(said, agent, zero - WINDOW, zero, false);
        double after = count(said, agent, zero, zero + length, false);
        return trouble
                ? count(said, agent, zero, zero + length, true) / after
                        - count(said, agent, zero - WINDOW, zero, true) / before
                : after * 60_000 / length - before * 60_000 / WINDOW;
    }

    private static double count(List<Said> said, String agent, long from, long to, boolean bad) {
        return said.stream()
                .filter(one -> one.sender().equals(agent) && one.atMilli() >= from && one.atMilli() < to)
                .filter(one -> !bad || one.bad())
                .count();
    }
}
