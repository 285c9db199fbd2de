package io.skein.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who used the processor? CPU time by stage: this process's threads by name, its garbage collector and compiler, PostgreSQL's processes. On a machine that
 * others use too, CPU time says what wall-clock time cannot. What lies outside Java's own threads is told apart on Linux only.
 */
final class CpuLedger {
    private static final Path OWN_THREADS = Path.of("/proc/self/task");

    /** First match wins; the names outlive a release, so a renamed thread shows up under its own name. */
    private static final List<Map.Entry<String, String>> STAGES = List.of(
            Map.entry("bench", "bench (not Skein)"),
            Map.entry("HttpClient", "bench (not Skein)"),
            Map.entry("kafka-producer-network-thread | bench", "bench (not Skein)"),
            Map.entry("kafka-admin-client-thread", "bench (not Skein)"),
            Map.entry("main", "bench (not Skein)"),
            Map.entry("WebSocketClient", "bench (not Skein)"),
            Map.entry("JFR", "bench (not Skein)"),
            Map.entry("ForkJoinPool", "doors and commands"),
            Map.entry("http-", "doors and commands"),
            Map.entry("VirtualThread", "doors and commands"),
            Map.entry("Read-Poller", "doors and commands"),
            Map.entry("Write-Poller", "doors and commands"),
            Map.entry("skein-stream", "Kafka door"),
            Map.entry("kafka-coordinator-heartbeat", "Kafka door"),
            Map.entry("skein-log-writer", "log writer"),
            Map.entry("skein-group", "log writer"),
            Map.entry("skein-mirror", "mirror"),
            Map.entry("kafka-producer-network-thread", "mirror"),
            Map.entry("data-plane", "Kafka broker"),
            Map.entry("kafka-", "Kafka broker"),
            Map.entry("quorum", "Kafka broker"),
            Map.entry("raft-", "Kafka broker"),
            Map.entry("log-cleaner", "Kafka broker"),
            Map.entry("broker", "Kafka broker"),
            Map.entry("controller", "Kafka broker"),
            Map.entry("group-", "Kafka broker"),
            Map.entry("ExpirationReaper", "Kafka broker"),
            Map.entry("executor-", "Kafka broker"));

    private final Path postgresFolder;

    /** @param dataFolder the standalone server's */
    CpuLedger(Path dataFolder) {
        this.postgresFolder = dataFolder.resolve("postgres");
    }

    /** CPU nanoseconds so far, by stage. */
    Map<String, Long> read() {
        Map<String, Long> nanos = new TreeMap<>();
        threads(nanos);
        virtualMachine(nanos);
        postgres(nanos);
        return nanos;
    }

    /** Microseconds for each message between two readings, without stages that did next to nothing; the most first. */
    static Map<String, Double> microsPerMessage(Map<String, Long> from, Map<String, Long> to, long messages) {
        Map<String, Double> micros = new TreeMap<>();
        to.forEach((stage, nanos) -> {
            double each = (nanos - from.getOrDefault(stage, 0L)) / 1_000.0 / Math.max(1, messages);
            if (each >= 0.05) {
                micros.put(stage, Report.rounded(each));
            }
        });
        Map<String, Double> ordered = new java.util.LinkedHashMap<>();
        micros.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .forEach(entry -> ordered.put(entry.getKey(), entry.getValue()));
        return ordered;
    }

    static boolean isBench(String stage) {
        return stage.startsWith("bench");
    }

    /** The stage that a Java thread works for; its own name, without number, where none is known. */
    static String stage(String thread) {
        if (thread.startsWith("skein-projection-")) {
            return "projection " + withoutNumber(thread.substring("skein-projection-".length()));
        }
        if (thread.startsWith("skein-recorder")) {
            return "doors and commands";
        }
        for (Map.Entry<String, String> stage : STAGES) {
            if (thread.startsWith(stage.getKey())) {
                return stage.getValue();
            }
        }
        return withoutNumber(thread);
    }

    private static String withoutNumber(String name) {
        return name.replaceAll("[-#\\[\\]0-9]+$", "");
    }

    private static void threads(Map<String, Long> nanos) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] ids = threads.getAllThreadIds();
        long[] times = threads.getThreadCpuTime(ids);
        @Nullable ThreadInfo[] infos = threads.getThreadInfo(ids);
        for (int i = 0; i < ids.length; i++) {
            ThreadInfo info = infos[i];
            if (info != null && times[i] > 0) {
                nanos.merge(stage(info.getThreadName()), times[i], Long::sum);
            }
        }
    }

    private static void virtualMachine(Map<String, Long> nanos) {
        if (!Files.isDirectory(OWN_THREADS)) {
            long known = nanos.values().stream().mapToLong(Long::longValue).sum();
            long all = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
            nanos.put("garbage collector, compiler and the rest of the VM", Math.max(0, all - known));
            return;
        }
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(OWN_THREADS)) {
            for (Path task : tasks) {
                String name = line(task.resolve("comm"));
                String stage = vmStage(name);
                if (stage != null) {
                    nanos.merge(stage, onProcessor(task), Long::sum);
                }
            }
        } catch (IOException gone) {
            throw new java.io.UncheckedIOException(gone);
        }
    }

    private static @Nullable String vmStage(String name) {
        if (name.startsWith("GC ") || name.startsWith("G1 ") || name.startsWith("ZGC") || name.startsWith("Shen")) {
            return "garbage collector";
        }
        if (name.startsWith("C1 ") || name.startsWith("C2 ")) {
            return "just-in-time compiler";
        }
        return name.startsWith("VM ") ? "rest of the VM" : null;
    }

    private void postgres(Map<String, Long> nanos) {
        Path pidFile = postgresFolder.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        long pid = Long.parseLong(line(pidFile).trim());
        ProcessHandle.of(pid)
                .ifPresent(postmaster -> postmaster.children().forEach(child -> {
                    Path place = Path.of("/proc", Long.toString(child.pid()));
                    String title = Files.isDirectory(place)
                            ? line(place.resolve("cmdline")).replace('\0', ' ')
                            : "postgres: " + child.info().command().orElse("");
                    long time = Files.isDirectory(place)
                            ? onProcessor(place)
                            : child.info()
                                    .totalCpuDuration()
                                    .map(Duration::toNanos)
                                    .orElse(0L);
                    nanos.merge("PostgreSQL " + backend(title), time, Long::sum);
                }));
    }

    // "postgres: skein_command_login skein 127.0.0.1(4242) COPY" or "postgres: walwriter "
    private static String backend(String title) {
        String words = title.substring(title.indexOf(':') + 1).trim();
        int end = words.indexOf(' ');
        String first = end < 0 ? words : words.substring(0, end);
        if (first.startsWith("skein_")) {
            return "for " + first;
        }
        return first.equals("io") ? "io worker" : first.equals("background") ? "background writer" : first;
    }

    private static long onProcessor(Path task) {
        String[] words = line(task.resolve("schedstat")).split(" ");
        return words[0].isEmpty() ? 0 : Long.parseLong(words[0]);
    }

    private static String line(Path file) {
        try {
            String text = Files.readString(file);
            int end = text.indexOf('\n');
            return end < 0 ? text : text.substring(0, end);
        } catch (IOException gone) {
            return "";
        }
    }
}
