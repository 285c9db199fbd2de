package io.skein.bench.detectors;

import io.skein.bench.detectors.Injection.Difficulty;
import io.skein.kernel.alert.Pattern;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Holds alarms against the catalogue. An alarm matches an injection of its pattern that has the same agents (loops: the same rotation; groups: Jaccard 0.5 or
 * more; a single culprit: named first), raised between its start and {@link #DELAY_MILLI} after its end. The first counts; a second of the same injection, or one that
 * matches none, is a false alarm.
 */
final class Score {
    static final long DELAY_MILLI = 60_000;
    private static final double Z = 1.959964;

    /** What one run adds up to. */
    private record Counted(int hits, int alarms, int injected) {}

    private static final class Tally {
        int hits;
        int alarms;
        int repeats;
        int injected;
        int topAmplifier;
        final List<Long> messagesToDetect = new ArrayList<>();
        final List<Long> milliToDetect = new ArrayList<>();
        final Map<Difficulty, int[]> byDifficulty = new EnumMap<>(Difficulty.class);
        final Map<String, Integer> falseBy = new LinkedHashMap<>();
        final Map<String, Integer> missedBy = new LinkedHashMap<>();
        final List<Counted> runs = new ArrayList<>();
    }

    private final Map<Pattern, Tally> tallies = new EnumMap<>(Pattern.class);

    /**
     * Adds one run.
     *
     * @param timesMilli of the log's messages, ascending, on the stage's clock
     */
    synchronized void add(List<Injection> catalogue, List<Alarm> alarms, long[] timesMilli) {
        for (Pattern pattern : Pattern.values()) {
            List<Injection> injected =
                    catalogue.stream().filter(each -> each.pattern() == pattern).toList();
            List<Alarm> raised =
                    alarms.stream().filter(each -> each.pattern() == pattern).toList();
            if (!injected.isEmpty() || !raised.isEmpty()) {
                add(tallies.computeIfAbsent(pattern, first -> new Tally()), catalogue, injected, raised, timesMilli);
            }
        }
    }

    private static void add(
            Tally tally, List<Injection> catalogue, List<Injection> injected, List<Alarm> raised, long[] times) {
        Set<Integer> found = new HashSet<>();
        int hits = 0;
        for (Alarm alarm : raised) {
            Injection first = null;
            boolean repeat = false;
            for (Injection injection : injected) {
                if (matches(injection, alarm)) {
                    if (found.contains(injection.number())) {
                        repeat = true;
                    } else {
                        first = injection;
                        break;
                    }
                }
            }
            if (first != null) {
                found.add(first.number());
                hits++;
                tally.messagesToDetect.add(alarm.position() - before(times, first.startMilli()));
                tally.milliToDetect.add(alarm.atMilli() - first.startMilli());
                if (!first.amplifier().isEmpty()
                        && alarm.description().contains("Multiplied most by " + first.amplifier() + " ")) {
                    tally.topAmplifier++;
                }
            } else if (repeat) {
                tally.repeats++;
            } else {
                tally.falseBy.merge(origin(catalogue, alarm), 1, Integer::sum);
            }
        }
        for (Injection injection : injected) {
            int[] cell = tally.byDifficulty.computeIfAbsent(injection.difficulty(), first -> new int[2]);
            cell[1]++;
            if (found.contains(injection.number())) {
                cell[0]++;
            } else {
                tally.missedBy.merge(injection.kind() + "/" + injection.difficulty(), 1, Integer::sum);
            }
        }
        tally.hits += hits;
        tally.alarms += raised.size();
        tally.injected += injected.size();
        tally.runs.add(new Counted(hits, raised.size(), injected.size()));
    }

    private static boolean matches(Injection injection, Alarm alarm) {
        if (alarm.atMilli() < injection.startMilli() || alarm.atMilli() > injection.endMilli() + DELAY_MILLI) {
            return false;
        }
        List<String> truth = injection.agents();
        return switch (alarm.pattern()) {
            case ROUTING_LOOP -> sameRotation(truth, alarm.agents());
            case LIVELOCK, DEADLOCK -> jaccard(truth, alarm.agents()) >= 0.5;
            default -> !alarm.agents().isEmpty() && alarm.agents().getFirst().equals(truth.getFirst());
        };
    }

    private static boolean sameRotation(List<String> one, List<String> other) {
        int offset = other.indexOf(one.getFirst());
        if (offset < 0 || one.size() != other.size()) {
            return false;
        }
        for (int i = 0; i < one.size(); i++) {
            if (!one.get(i).equals(other.get((offset + i) % other.size()))) {
                return false;
            }
        }
        return true;
    }

    private static double jaccard(List<String> one, List<String> other) {
        Set<String> both = new HashSet<>(one);
        both.retainAll(other);
        Set<String> all = new HashSet<>(one);
        all.addAll(other);
        return (double) both.size() / all.size();
    }

    /** Whose traffic a false alarm arose in. */
    private static String origin(List<Injection> catalogue, Alarm alarm) {
        for (Injection injection : catalogue) {
            for (String agent : alarm.agents()) {
                if (injection.cast().contains(agent) || injection.agents().contains(agent)) {
                    return injection.kind();
                }
            }
        }
        return "background";
    }

    private static long before(long[] times, long milli) {
        int low = 0;
        int high = times.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (times[middle] < milli) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    double f1(Pattern pattern) {
        Tally tally = tallies.get(pattern);
        return tally == null ? 0 : f1(tally.hits, tally.alarms, tally.injected);
    }

    private static double f1(double hits, double alarms, double injected) {
        return alarms + injected == 0 ? 1 : 2 * hits / (alarms + injected);
    }

    /** Share, and its 95 % interval by Wilson. */
    static Map<String, Object> share(long hits, long of) {
        Map<String, Object> share = new LinkedHashMap<>();
        share.put("value", of == 0 ? 1 : rounded((double) hits / of));
        share.put("of", of);
        if (of > 0) {
            double p = (double) hits / of;
            double z2 = Z * Z / of;
            double middle = (p + z2 / 2) / (1 + z2);
            double half = Z / (1 + z2) * Math.sqrt(p * (1 - p) / of + z2 / 4 / of);
            share.put("low", rounded(Math.max(0, middle - half)));
            share.put("high", rounded(Math.min(1, middle + half)));
        }
        return share;
    }

    Map<String, Object> of(Pattern pattern, boolean detailed) {
        Tally tally = tallies.getOrDefault(pattern, new Tally());
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("injected", tally.injected);
        result.put("alarms", tally.alarms);
        result.put("precision", share(tally.hits, tally.alarms));
        result.put("recall", share(tally.hits, tally.injected));
        Map<String, Object> f1 = new LinkedHashMap<>();
        f1.put("value", rounded(f1(tally.hits, tally.alarms, tally.injected)));
        double[] interval = bootstrap(tally.runs);
        f1.put("low", rounded(interval[0]));
        f1.put("high", rounded(interval[1]));
        result.put("f1", f1);
        if (detailed) {
            result.put("repeats", tally.repeats);
            if (pattern == Pattern.CASCADE) {
                result.put("topAmplifier", share(tally.topAmplifier, tally.hits));
            }
            Map<String, Object> cells = new LinkedHashMap<>();
            tally.byDifficulty.forEach((difficulty, cell) ->
                    cells.put(difficulty.name().toLowerCase(java.util.Locale.ROOT), share(cell[0], cell[1])));
            result.put("recallByDifficulty", cells);
            result.put("messagesToDetect", quantiles(tally.messagesToDetect));
            result.put("eventMillisToDetect", quantiles(tally.milliToDetect));
            result.put("falseAlarmsIn", tally.falseBy);
            result.put("missed", tally.missedBy);
        }
        return result;
    }

    private static double[] bootstrap(List<Counted> runs) {
        if (runs.isEmpty()) {
            return new double[] {0, 1};
        }
        Random random = new Random(1);
        double[] values = new double[1_000];
        for (int i = 0; i < values.length; i++) {
            long hits = 0;
            long alarms = 0;
            long injected = 0;
            for (int draw = 0; draw < runs.size(); draw++) {
                Counted run = runs.get(random.nextInt(runs.size()));
                hits += run.hits();
                alarms += run.alarms();
                injected += run.injected();
            }
            values[i] = f1(hits, alarms, injected);
        }
        java.util.Arrays.sort(values);
        return new double[] {values[25], values[974]};
    }

    private static Map<String, Object> quantiles(List<Long> values) {
        Map<String, Object> quantiles = new LinkedHashMap<>();
        List<Long> sorted = values.stream().sorted().toList();
        if (!sorted.isEmpty()) {
            quantiles.put("p50", sorted.get((sorted.size() - 1) / 2));
            quantiles.put("p95", sorted.get((int) Math.min(sorted.size() - 1L, Math.round(0.95 * sorted.size()))));
        }
        return quantiles;
    }

    static double rounded(double value) {
        return Math.round(value * 10_000) / 10_000.0;
    }
}
