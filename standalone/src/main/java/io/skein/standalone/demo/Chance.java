package io.skein.standalone.demo;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Seeded choices. Each use draws from its own stream, so that changing one script leaves the others as they were. */
final class Chance {
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

    /** One agent of the role that is not in the way already; any of them if all are. */
    String one(Role role, Collection<String> except) {
        List<String> free = new ArrayList<>(role.agents());
        free.removeAll(except);
        return one(free.isEmpty() ? role.agents() : free);
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
