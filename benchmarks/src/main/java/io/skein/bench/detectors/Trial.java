package io.skein.bench.detectors;

import io.skein.bench.detectors.Injection.Difficulty;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.projection.PatternDetectors;
import io.skein.projection.detection.Detection;
import io.skein.projection.detection.Finding;
import io.skein.projection.detection.PatternFold;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** One stretch of traffic with what was put into it, and what everybody said about it. */
public final class Trial {
    static final Instant START = Instant.parse("2026-01-05T08:00:00Z");
    static final long LENGTH_MILLI = 7_200_000;
    private static final long FIRST_MILLI = 240_000;
    private static final long LAST_MILLI = 4_800_000;

    /** A fault to put in, or (difficulty null) what only looks like one. */
    public record Order(
            String kind, @org.jspecify.annotations.Nullable Difficulty difficulty) {}

    /** What a detector cost. */
    record Cost(long nanos, long messages, long stateBytes, int agents, long overBudget) {}

    private final List<MessageRecorded> log;
    private final List<Injection> catalogue;

    private Trial(List<MessageRecorded> log, List<Injection> catalogue) {
        this.log = log;
        this.catalogue = catalogue;
    }

    /** Real conversations, about that many messages of them, and a synthetic fleet, with the orders put in anywhere. */
    public static Trial with(Background background, int real, double fleetPerSecond, List<Order> orders, long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L + 17);
        Stage stage = new Stage(START);
        new Fleet(stage, random).work(LENGTH_MILLI, fleetPerSecond);
        background.play(stage, random, LENGTH_MILLI, real);
        Injector injector = new Injector(stage, random);
        for (Order order : orders) {
            long start = FIRST_MILLI + random.nextLong(LAST_MILLI - FIRST_MILLI);
            Difficulty difficulty = order.difficulty();
            if (difficulty == null) {
                injector.lookAlike(order.kind(), start);
            } else {
                injector.fault(order.kind(), difficulty, start);
            }
        }
        return new Trial(stage.log(random), injector.catalogue());
    }

    public List<MessageRecorded> log() {
        return log;
    }

    List<Injection> catalogue() {
        return catalogue;
    }

    long[] times() {
        return log.stream()
                .mapToLong(each -> each.recordedAt().toEpochMilli() - START.toEpochMilli())
                .toArray();
    }

    /** Runs each detector by itself over the log; the first alarm of each alert. */
    List<Alarm> detected(Map<String, List<Cost>> costs) {
        List<Alarm> alarms = new ArrayList<>();
        int agents = (int) log.stream().map(MessageRecorded::agentId).distinct().count();
        for (PatternFold detector : PatternDetectors.all()) {
            Detection detection = new Detection(List.of(detector));
            Set<AlertId> known = new HashSet<>();
            long stateBytes = 0;
            long saving = 0;
            long began = System.nanoTime();
            for (int i = 0; i < log.size(); i++) {
                if (i == log.size() / 3) {
                    // In the thick of it; at the end most is forgotten.
                    long before = System.nanoTime();
                    stateBytes = Detection.state(detector).length;
                    saving = System.nanoTime() - before;
                }
                for (Finding finding : detection.on(log.get(i), i + 1)) {
                    if (finding instanceof Finding.Told told
                            && known.add(told.alert().alertId())) {
                        alarms.add(new Alarm(
                                told.alert().pattern(),
                                told.alert().agents().stream()
                                        .map(AgentId::value)
                                        .toList(),
                                told.alert().evidence().stream()
                                        .map(item -> item.messageId().value())
                                        .toList(),
                                i + 1,
                                log.get(i).recordedAt().toEpochMilli() - START.toEpochMilli(),
                                told.alert().description()));
                    }
                }
            }
            long nanos = System.nanoTime() - began - saving;
            synchronized (costs) {
                costs.computeIfAbsent(detector.identity().name(), first -> new ArrayList<>())
                        .add(new Cost(nanos, log.size(), stateBytes, agents, detector.overBudget()));
            }
        }
        return alarms;
    }

    List<Alarm> naive() {
        return Naive.over(log, START.toEpochMilli());
    }

    /** As many alarms of each pattern, at any time, about whoever speaks with whom there. */
    List<Alarm> random(List<Alarm> like, long seed) {
        Random random = new Random(seed);
        List<Alarm> alarms = new ArrayList<>();
        for (Alarm each : like) {
            int at = random.nextInt(log.size());
            Set<String> agents = new java.util.LinkedHashSet<>();
            for (int i = at; agents.size() < each.agents().size() && i < log.size(); i++) {
                agents.add(log.get(i).agentId().value());
            }
            alarms.add(new Alarm(
                    each.pattern(),
                    List.copyOf(agents),
                    List.of(),
                    at + 1,
                    log.get(at).recordedAt().toEpochMilli() - START.toEpochMilli(),
                    ""));
        }
        return alarms;
    }

    /** The catalogue as it is written beside the result. */
    List<Map<String, Object>> written(long seed, int run) {
        List<Map<String, Object>> written = new ArrayList<>();
        for (Injection each : catalogue) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("seed", seed);
            entry.put("run", run);
            entry.put("number", each.number());
            entry.put("kind", each.kind());
            Pattern pattern = each.pattern();
            entry.put("type", pattern == null ? "benign" : pattern);
            entry.put("difficulty", each.difficulty());
            entry.put("agents", pattern == null ? each.cast() : each.agents());
            entry.put("start", START.plusMillis(each.startMilli()).toString());
            entry.put("end", START.plusMillis(each.endMilli()).toString());
            entry.put("intensity", each.intensity());
            written.add(entry);
        }
        return written;
    }
}
