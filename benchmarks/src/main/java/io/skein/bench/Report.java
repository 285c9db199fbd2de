package io.skein.bench;

import io.skein.eventlog.KernelJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects what a bench found, in the order it is said, and writes it as JSON. */
final class Report {
    private final Map<String, Object> found = new LinkedHashMap<>();

    Report(String bench) {
        found.put("bench", bench);
        found.put("machine", machine());
    }

    Report put(String name, Object value) {
        found.put(name, value);
        return this;
    }

    void write(@Nullable Path file) throws IOException {
        String json = KernelJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(found);
        System.out.println(json);
        if (file != null) {
            Files.writeString(file, json + "\n");
        }
    }

    /** The middle of the values, the lower one of two middles. */
    static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[(sorted.length - 1) / 2];
    }

    /** The smallest value that at least the share of all is not above. */
    static long quantile(long[] values, double share) {
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[Math.clamp((long) Math.ceil(share * sorted.length) - 1, 0, sorted.length - 1)];
    }

    static double rounded(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }

    private static Map<String, Object> machine() {
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("cores", Runtime.getRuntime().availableProcessors());
        machine.put("maxHeapMiB", Runtime.getRuntime().maxMemory() >> 20);
        machine.put("java", Runtime.version().toString());
        machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        return machine;
    }
}
