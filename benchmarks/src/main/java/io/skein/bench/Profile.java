package io.skein.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/** Where does the time go? Samples of running methods by Flight Recorder: by CPU time where the VM can, by wall-clock time else. */
final class Profile implements AutoCloseable {
    private static final String BY_CPU_TIME = "jdk.CPUTimeSample";
    private static final String BY_CLOCK = "jdk.ExecutionSample";
    private static final int MOST = 12;

    private final String event;
    private final Recording recording = new Recording();

    private Profile() {
        boolean byCpuTime = FlightRecorder.getFlightRecorder().getEventTypes().stream()
                .anyMatch(type -> type.getName().equals(BY_CPU_TIME));
        event = byCpuTime ? BY_CPU_TIME : BY_CLOCK;
        recording.setMaxSize(512 << 20);
        if (byCpuTime) {
            recording.enable(event).with("throttle", "10ms");
        } else {
            recording.enable(event).with("period", "10 ms");
        }
    }

    static Profile start() {
        Profile profile = new Profile();
        profile.recording.start();
        return profile;
    }

    /** Stops, and says for each stage its share of all samples, its hottest methods, and the classes of Skein for which they ran, in percent of the stage. */
    Map<String, Object> stop(@org.jspecify.annotations.Nullable Path keep) throws IOException {
        recording.stop();
        Path file = keep == null ? Files.createTempFile("skein-bench-", ".jfr") : keep;
        recording.dump(file);
        Map<String, Map<String, Integer>> methods = new TreeMap<>();
        Map<String, Map<String, Integer>> causes = new TreeMap<>();
        Map<String, Integer> stages = new TreeMap<>();
        int all = 0;
        try (RecordingFile samples = new RecordingFile(file)) {
            while (samples.hasMoreEvents()) {
                RecordedEvent sample = samples.readEvent();
                if (!sample.getEventType().getName().equals(event) || sample.getStackTrace() == null) {
                    continue;
                }
                RecordedThread thread = sample.getThread(event.equals(BY_CPU_TIME) ? "eventThread" : "sampledThread");
                String name = thread == null || thread.getJavaName() == null ? "" : thread.getJavaName();
                String stage = name.isEmpty() || name.startsWith("tomcat-handler")
                        ? "doors and commands"
                        : CpuLedger.stage(name);
                List<RecordedFrame> frames = sample.getStackTrace().getFrames();
                if (frames.isEmpty()) {
                    continue;
                }
                all++;
                stages.merge(stage, 1, Integer::sum);
                count(methods, stage, name(frames.getFirst()));
                count(
                        causes,
                        stage,
                        frames.stream()
                                .map(Profile::name)
                                .filter(method -> method.startsWith("io.skein."))
                                .findFirst()
                                .orElse("(none of Skein)"));
            }
        } finally {
            if (keep == null) {
                Files.delete(file);
            }
        }
        Map<String, Object> found = new LinkedHashMap<>();
        int total = Math.max(1, all);
        stages.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .filter(stage -> stage.getValue() * 100.0 / total >= 1)
                .forEach(stage -> found.put(
                        stage.getKey(),
                        Map.of(
                                "percentOfSamples", percent(stage.getValue(), total),
                                "methods", most(methods.getOrDefault(stage.getKey(), Map.of()), stage.getValue()),
                                "forMethodsOfSkein",
                                        most(causes.getOrDefault(stage.getKey(), Map.of()), stage.getValue()))));
        return found;
    }

    @Override
    public void close() {
        recording.close();
    }

    private static void count(Map<String, Map<String, Integer>> counts, String stage, String method) {
        counts.computeIfAbsent(stage, absent -> new TreeMap<>()).merge(method, 1, Integer::sum);
    }

    private static Map<String, Double> most(Map<String, Integer> counts, int of) {
        Map<String, Double> most = new LinkedHashMap<>();
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(MOST)
                .forEach(entry -> most.put(entry.getKey(), percent(entry.getValue(), of)));
        return most;
    }

    private static double percent(int part, int of) {
        return Math.round(part * 1_000.0 / of) / 10.0;
    }

    private static String name(RecordedFrame frame) {
        return frame.getMethod() == null
                ? "(unknown)"
                : frame.getMethod().getType().getName() + "."
                        + frame.getMethod().getName();
    }
}
