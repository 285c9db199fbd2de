package io.skein.bench.detectors;

import io.skein.bench.detectors.Injection.Difficulty;
import io.skein.bench.detectors.Trial.Cost;
import io.skein.bench.detectors.Trial.Order;
import io.skein.eventlog.KernelJson;
import io.skein.kernel.alert.Pattern;
import io.skein.projection.cascades.Reproduction;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All trials of all seeds, and what they add up to. */
public final class Measurement {
    static final int REAL_MESSAGES = 4_000;
    static final double FLEET_PER_SECOND = 0.8;
    private static final int ORDERS_EACH = 400;

    private final Background background;
    private final int perCell;
    private final List<Long> seeds;
    private final List<String> kinds;
    private final int threads;
    private final Score ours = new Score();
    private final Score naive = new Score();
    private final Score chance = new Score();
    private final Map<String, List<Cost>> costs = new TreeMap<>();
    private final Map<Pattern, Integer> onBackground = new EnumMap<>(Pattern.class);
    private final Map<Pattern, Integer> naiveOnBackground = new EnumMap<>(Pattern.class);
    private long backgroundMessages;
    private long injectedMessages;
    private int trials;

    /** @param kinds of faults; empty: all */
    public Measurement(Background background, int perCell, List<Long> seeds, List<String> kinds, int threads) {
        this.background = background;
        this.perCell = perCell;
        this.seeds = List.copyOf(seeds);
        this.kinds = List.copyOf(kinds);
        this.threads = threads;
    }

    /** Runs everything; progress goes to {@code say}, the catalogue to the file. */
    public void run(@Nullable Path catalogue, Consumer<String> say) throws IOException {
        Instant began = Instant.now();
        try (Writer file = catalogue == null ? Writer.nullWriter() : writer(catalogue);
                ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (long seed : seeds) {
                List<Order> orders = orders(seed);
                List<Future<?>> running = new ArrayList<>();
                running.add(pool.submit(() -> quiet(seed)));
                int run = 0;
                for (int from = 0; from < orders.size(); from += ORDERS_EACH) {
                    List<Order> some = orders.subList(from, Math.min(orders.size(), from + ORDERS_EACH));
                    int number = run++;
                    running.add(pool.submit(() -> trial(seed, number, some, file)));
                }
                for (Future<?> each : running) {
                    each.get();
                }
                say.accept("seed " + seed + ": " + trials + " runs, "
                        + (injectedMessages + backgroundMessages) + " messages so far, "
                        + java.time.Duration.between(began, Instant.now()).toSeconds() + " s");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopped);
        } catch (ExecutionException failed) {
            throw new IOException("a run failed", failed.getCause());
        }
    }

    private static BufferedWriter writer(Path catalogue) throws IOException {
        return Files.newBufferedWriter(catalogue);
    }

    private List<Order> orders(long seed) {
        Injector names = new Injector(new Stage(Trial.START), new Random(0));
        List<Order> orders = new ArrayList<>();
        for (int i = 0; i < perCell; i++) {
            for (String kind : names.faultNames()) {
                if (kinds.isEmpty() || kinds.contains(kind)) {
                    for (Difficulty difficulty : Difficulty.values()) {
                        orders.add(new Order(kind, difficulty));
                    }
                }
            }
            for (String kind : names.lookAlikeNames()) {
                orders.add(new Order(kind, null));
            }
        }
        Collections.shuffle(orders, new Random(seed));
        return orders;
    }

    private void trial(long seed, int run, List<Order> orders, Writer catalogue) {
        Trial trial = Trial.with(background, REAL_MESSAGES, FLEET_PER_SECOND, orders, 1_000 * seed + run);
        long[] times = trial.times();
        List<Alarm> alarms = trial.detected(costs);
        ours.add(trial.catalogue(), alarms, times);
        naive.add(trial.catalogue(), trial.naive(), times);
        chance.add(trial.catalogue(), trial.random(alarms, seed), times);
        synchronized (this) {
            trials++;
            injectedMessages += trial.log().size();
            try {
                for (Map<String, Object> entry : trial.written(seed, run)) {
                    catalogue.write(KernelJson.mapper().writeValueAsString(entry) + "\n");
                }
            } catch (IOException full) {
                throw new UncheckedIOException(full);
            }
        }
    }

    /** Traffic with nothing put in. */
    private void quiet(long seed) {
        Trial trial = Trial.with(background, 40_000, 4, List.of(), seed);
        List<Alarm> alarms = trial.detected(new TreeMap<>());
        List<Alarm> byRule = trial.naive();
        synchronized (this) {
            trials++;
            backgroundMessages += trial.log().size();
            alarms.forEach(alarm -> onBackground.merge(alarm.pattern(), 1, Integer::sum));
            byRule.forEach(alarm -> naiveOnBackground.merge(alarm.pattern(), 1, Integer::sum));
        }
    }

    private static final List<Pattern> MEASURED = List.of(
            Pattern.ROUTING_LOOP,
            Pattern.LIVELOCK,
            Pattern.HOARDING,
            Pattern.DEADLOCK,
            Pattern.CASCADE,
            Pattern.EQUIVOCATION,
            Pattern.CONTRADICTION,
            Pattern.REPLAY,
            Pattern.FORGERY,
            Pattern.PROTOCOL_VIOLATION,
            Pattern.SILENT_DROP);

    public Map<String, Object> result() {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("conversations", background.conversations());
        result.put("messagesWithInjections", injectedMessages);
        result.put("messagesWithout", backgroundMessages);
        result.put(
                "matching",
                "same agents, from the start of an injection until " + Score.DELAY_MILLI / 1_000 + " s after its end");
        Map<String, Object> patterns = new LinkedHashMap<>();
        for (Pattern pattern : MEASURED) {
            Map<String, Object> one = ours.of(pattern, true);
            one.put("falseAlarmsPerMillionOnBackground", perMillion(onBackground, pattern));
            Map<String, Object> rule = naive.of(pattern, false);
            rule.put("falseAlarmsPerMillionOnBackground", perMillion(naiveOnBackground, pattern));
            one.put("naiveRule", rule);
            one.put("random", chance.of(pattern, false));
            patterns.put(KernelJson.word(pattern), one);
        }
        result.put("patterns", patterns);
        Map<String, Object> cost = new LinkedHashMap<>();
        costs.forEach((detector, all) -> {
            long messages = all.stream().mapToLong(Cost::messages).sum();
            Map<String, Object> each = new LinkedHashMap<>();
            each.put(
                    "microsPerMessage",
                    Score.rounded(all.stream().mapToLong(Cost::nanos).sum() / 1e3 / Math.max(1, messages)));
            each.put(
                    "savedBytesPerAgent",
                    all.stream().mapToLong(Cost::stateBytes).sum()
                            / Math.max(1, all.stream().mapToLong(Cost::agents).sum()));
            each.put(
                    "shareOverBudget",
                    Score.rounded(
                            (double) all.stream().mapToLong(Cost::overBudget).sum() / Math.max(1, messages)));
            cost.put(detector, each);
        });
        result.put("cost", cost);
        result.put("reproductionInterval", coverage());
        return result;
    }

    private double perMillion(Map<Pattern, Integer> alarms, Pattern pattern) {
        return Score.rounded(alarms.getOrDefault(pattern, 0) * 1e6 / Math.max(1, backgroundMessages));
    }

    /** How often the 95 % interval of R holds the truth: windows of 200 messages whose offspring is negative binomial with known mean and dispersion. */
    private Map<String, Object> coverage() {
        Map<String, Object> coverage = new LinkedHashMap<>();
        Random random = new Random(seeds.isEmpty() ? 1 : seeds.getFirst());
        long inAll = 0;
        long windows = 0;
        for (double truth : new double[] {0.5, 0.9, 1.5, 3}) {
            for (double dispersion : new double[] {1, 2}) {
                int covered = 0;
                int each = 2_000;
                for (int i = 0; i < each; i++) {
                    long offspring = 0;
                    long squares = 0;
                    for (int parent = 0; parent < 200; parent++) {
                        long children = draw(random, truth, dispersion);
                        offspring += children;
                        squares += children * children;
                    }
                    Reproduction reproduction = new Reproduction(200, offspring, squares);
                    if (reproduction.quantile(0.025) <= truth && truth <= reproduction.quantile(0.975)) {
                        covered++;
                    }
                }
                coverage.put("R=" + truth + " dispersion=" + dispersion, Score.share(covered, each));
                inAll += covered;
                windows += each;
            }
        }
        coverage.put("all", Score.share(inAll, windows));
        return coverage;
    }

    /** Poisson, or negative binomial by a gamma mixture of whole shape parts. */
    private static long draw(Random random, double mean, double dispersion) {
        double rate = mean;
        if (dispersion > 1) {
            // Variance over mean is 1 + scale of the mixing gamma; its shape is mean / scale.
            rate = gamma(random, mean / (dispersion - 1)) * (dispersion - 1);
        }
        double limit = Math.exp(-rate);
        double product = random.nextDouble();
        long count = 0;
        while (product > limit) {
            product *= random.nextDouble();
            count++;
        }
        return count;
    }

    /** Marsaglia and Tsang 2000. */
    private static double gamma(Random random, double shape) {
        if (shape < 1) {
            return gamma(random, shape + 1) * Math.pow(random.nextDouble(), 1 / shape);
        }
        double d = shape - 1 / 3.0;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = random.nextGaussian();
            double v = Math.pow(1 + c * x, 3);
            if (v > 0 && Math.log(random.nextDouble()) < x * x / 2 + d - d * v + d * Math.log(v)) {
                return d * v;
            }
        }
    }

    /** The figures that matter most, side by side. */
    public String table() {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%n%-20s %8s %22s %22s %22s %8s %8s %7s%n",
                "pattern",
                "injected",
                "precision",
                "recall",
                "F1",
                "naive F1",
                "chance",
                "per 1M"));
        for (Pattern pattern : MEASURED) {
            Map<String, Object> one = ours.of(pattern, false);
            table.append(String.format(
                    Locale.ROOT,
                    "%-20s %8s %22s %22s %22s %8.3f %8.3f %7.1f%n",
                    KernelJson.word(pattern),
                    String.valueOf(one.get("injected")),
                    interval(one.get("precision")),
                    interval(one.get("recall")),
                    interval(one.get("f1")),
                    naive.f1(pattern),
                    chance.f1(pattern),
                    perMillion(onBackground, pattern)));
        }
        return table.toString();
    }

    private static String interval(@Nullable Object share) {
        if (share instanceof Map<?, ?> map
                && map.get("value") instanceof Double value
                && map.get("low") instanceof Double low
                && map.get("high") instanceof Double high) {
            return String.format(Locale.ROOT, "%.4f (%.3f-%.3f)", value, low, high);
        }
        return "-";
    }
}
