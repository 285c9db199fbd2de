package io.skein.projection.interventions;

import io.skein.kernel.intervention.Effect;
import io.skein.kernel.intervention.Effect.Measure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The effect of one intervention by matched difference in differences. Looked at are the agents that exchanged a message with the one in question in the
 * period before; each is compared with the three others of the network that were most like it in that period by how much they said and how often it was trouble. The interval is
 * Student's; its variance counts those looked at once and each of the others as often as it served (Abadie and Imbens, 2006, for equal variances), rather wide, as
 * what matching makes alike is counted as chance. A pure function of the messages: no clock, no chance, sums in the order of ids.
 */
final class Effects {
    private static final int NEIGHBOURS = 3;
    /** 95 % quantiles of Student's distribution for 1 to 30 degrees of freedom (any table). */
    private static final double[] STUDENT = {
        6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761, 1.753, 1.746,
        1.740, 1.734, 1.729, 1.725, 1.721, 1.717, 1.714, 1.711, 1.708, 1.706, 1.703, 1.701, 1.699, 1.697
    };

    private static final double NORMAL = 1.645;
    private static final double MILLIS_A_MINUTE = 60_000;

    private Effects() {}

    /** Messages and trouble of one agent in the three periods: one further back, before, after. */
    private static final class Counts {
        final String agent;
        final long[] sent = new long[3];
        final long[] bad = new long[3];

        Counts(String agent) {
            this.agent = agent;
        }

        double trouble(int period) {
            return (double) bad[period] / sent[period];
        }
    }

    /**
     * @param agent the one in question
     * @param startMilli when the intervention was decided
     * @param windowMillis length of the period before, and of the one before that
     * @param lengthMillis length of the period after, so far
     * @param said messages of the network in these periods
     * @param apart agents that were themselves in quarantine in these periods; not looked at
     */
    static Effect of(
            String agent,
            long startMilli,
            long windowMillis,
            long lengthMillis,
            boolean isFinal,
            List<Said> said,
            Set<String> apart) {
        Map<String, Counts> all = new TreeMap<>();
        Set<String> contacts = new TreeSet<>();
        Set<String> earlierContacts = new TreeSet<>();
        for (Said one : said) {
            long offset = one.atMilli() - startMilli;
            if (offset < -2 * windowMillis || offset >= lengthMillis) {
                continue;
            }
            int period = offset >= 0 ? 2 : offset >= -windowMillis ? 1 : 0;
            Counts counts = all.computeIfAbsent(one.sender(), Counts::new);
            counts.sent[period]++;
            counts.bad[period] += one.bad() ? 1 : 0;
            Set<String> met = period == 1 ? contacts : period == 0 ? earlierContacts : Set.of();
            if (period < 2 && one.sender().equals(agent)) {
                met.addAll(one.targets());
            } else if (period < 2 && one.targets().contains(agent)) {
                met.add(one.sender());
            }
        }
        all.remove(agent);
        apart.forEach(all::remove);
        return new Effect(
                windowMillis / 1_000.0,
                lengthMillis / 1_000.0,
                isFinal,
                measure(all, contacts, earlierContacts, true, windowMillis, lengthMillis),
                measure(all, contacts, earlierContacts, false, windowMillis, lengthMillis));
    }

    private static Measure measure(
            Map<String, Counts> all,
            Set<String> contacts,
            Set<String> earlierContacts,
            boolean trouble,
            long windowMillis,
            long lengthMillis) {
        Compared now = compare(all.values(), contacts, 1, trouble, windowMillis, lengthMillis);
        Compared earlier = compare(all.values(), earlierContacts, 0, trouble, windowMillis, windowMillis);
        Double low = null;
        Double high = null;
        int n = now.differences.size();
        Double effect = mean(now.differences);
        if (effect != null && n >= 2 && now.otherChanges.size() >= 2) {
            double reuse = 0;
            for (double weight : now.weights) {
                reuse += weight * weight / n / n;
            }
            double quantile = n - 1 <= STUDENT.length ? STUDENT[n - 2] : NORMAL;
            double half = quantile * Math.sqrt(variance(now.changes) / n + variance(now.otherChanges) * reuse);
            low = effect - half;
            high = effect + half;
        }
        return new Measure(
                effect,
                low,
                high,
                mean(earlier.differences),
                mean(now.changes),
                now.changes.size(),
                now.otherChanges.size());
    }

    /**
     * @param changes of those looked at
     * @param differences each of these less the mean of its neighbours
     * @param otherChanges of all others
     * @param weights how often each other was a neighbour, in parts
     */
    private record Compared(
            List<Double> changes, List<Double> differences, List<Double> otherChanges, Collection<Double> weights) {}

    /** @param before the period before: 1 for the intervention, 0 for the one before it, where nothing was done */
    private static Compared compare(
            Iterable<Counts> all,
            Set<String> contacts,
            int before,
            boolean trouble,
            long beforeMillis,
            long afterMillis) {
        List<Counts> treated = new ArrayList<>();
        List<Counts> others = new ArrayList<>();
        for (Counts counts : all) {
            // A share is of something; and who said nothing before is not known.
            if (counts.sent[before] > 0 && (!trouble || counts.sent[before + 1] > 0) && afterMillis > 0) {
                (contacts.contains(counts.agent) ? treated : others).add(counts);
            }
        }
        ToDoubleFunction<Counts> change = trouble
                ? counts -> counts.trouble(before + 1) - counts.trouble(before)
                : counts -> counts.sent[before + 1] * MILLIS_A_MINUTE / afterMillis
                        - counts.sent[before] * MILLIS_A_MINUTE / beforeMillis;
        List<Double> changes = new ArrayList<>();
        List<Double> differences = new ArrayList<>();
        Map<String, Double> weights = new TreeMap<>();
        for (Counts one : treated) {
            double own = change.applyAsDouble(one);
            changes.add(own);
            List<Counts> nearest = others.stream()
                    .sorted(Comparator.<Counts>comparingDouble(other -> distance(one, other, before))
                            .thenComparing(other -> other.agent))
                    .limit(NEIGHBOURS)
                    .toList();
            if (!nearest.isEmpty()) {
                double sum = 0;
                for (Counts other : nearest) {
                    sum += change.applyAsDouble(other);
                    weights.merge(other.agent, 1.0 / nearest.size(), Double::sum);
                }
                differences.add(own - sum / nearest.size());
            }
        }
        List<Double> otherChanges =
                others.stream().map(other -> change.applyAsDouble(other)).toList();
        return new Compared(changes, differences, otherChanges, weights.values());
    }

    private static double distance(Counts one, Counts other, int period) {
        return Math.abs(StrictMath.log1p(one.sent[period]) - StrictMath.log1p(other.sent[period]))
                + Math.abs(one.trouble(period) - other.trouble(period));
    }

    private static double variance(List<Double> values) {
        Double mean = mean(values);
        if (mean == null || values.size() < 2) {
            return 0;
        }
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return squares / (values.size() - 1);
    }

    private static @Nullable Double mean(List<Double> values) {
        if (values.isEmpty()) {
            return null;
        }
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.size();
    }
}
