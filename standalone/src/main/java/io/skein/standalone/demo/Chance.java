package io.skein.standalone.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Seeded choices. Each use draws from its own stream, so that changing one script leaves the others as they were. */
final class Chance {
    /** People work with those they know. */
    static final int TEAMS = 4;

    private final RandomGenerator random;

    Chance(long seed, String use) {
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 0x9E3779B97F4A7C15L + use.hashCode());
    }

    boolean in(double share) {
        return random.nextDouble() < share;
    }

    int between(int least, int most) {
        return random.nextInt(least, most + 1);
    }

    <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** One agent of the role, mostly one that belongs to the team. */
    String one(Role role, int team) {
        List<String> own = new ArrayList<>();
        for (int i = 0; i < role.agents().size(); i++) {
            if (i % TEAMS == team) {
                own.add(role.agents().get(i));
            }
        }
        return one(own.isEmpty() || in(0.1) ? role.agents() : own);
    }

    /** That many different ones, in random order. */
    List<String> some(int count, List<String> of) {
        List<String> left = new ArrayList<>(of);
        List<String> chosen = new ArrayList<>();
        while (chosen.size() < count && !left.isEmpty()) {
            chosen.add(left.remove(random.nextInt(left.size())));
        }
        return chosen;
    }

    /** Log-normal around the median with a long tail, in milliseconds. */
    long around(long medianMillis) {
        return Math.max(5, Math.round(medianMillis * StrictMath.exp(0.45 * random.nextGaussian())));
    }

    /** Exponential waiting time, in milliseconds. */
    long wait(double meanMillis) {
        return Math.round(-meanMillis * StrictMath.log(1 - random.nextDouble()));
    }
}
