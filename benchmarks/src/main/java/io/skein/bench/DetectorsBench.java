package io.skein.bench;

import io.skein.bench.detectors.Background;
import io.skein.bench.detectors.Background.Part;
import io.skein.bench.detectors.Measurement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Faults injected into real and synthetic traffic: what the detectors find, what they call a fault that is none, and what they cost. */
@Command(
        name = "detectors",
        description =
                "Faults injected into real and synthetic traffic: precision, recall, delay and cost of each detector, beside a naive rule and chance.")
final class DetectorsBench implements Callable<Integer> {
    private static final List<String> SETS = List.of("avalon", "diplomacy", "mast", "nezha", "whowhen");

    @Option(
            names = "--background",
            arity = "1..*",
            description = "Files of messages, one JSON object a line (default: those of ../shared/data, where it is).")
    private List<Path> files = List.of();

    @Option(
            names = "--part",
            description =
                    "Which conversations: train, test or all (default: test for the default files, all for others). Thresholds were set on train and even seeds.")
    private @Nullable Part part;

    @Option(
            names = "--per-cell",
            defaultValue = "200",
            description = "Injections of each kind and difficulty for each seed (default ${DEFAULT-VALUE}).")
    private int perCell;

    @Option(
            names = "--seeds",
            defaultValue = "10",
            description = "How many seeds: 1, 3, 5, … (default ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(names = "--seed", arity = "1..*", split = ",", description = "These seeds instead.")
    private List<Long> seed = List.of();

    @Option(names = "--kind", arity = "1..*", split = ",", description = "Only these kinds of faults (default: all).")
    private List<String> kinds = List.of();

    @Option(names = "--threads", defaultValue = "0", description = "Runs at once (default: one for each core).")
    private int threads;

    @Option(
            names = "--out",
            description =
                    "Also write the JSON to this file, and the catalogue of what was injected beside it (….catalogue.jsonl).")
    private @Nullable Path out;

    @Override
    public Integer call() throws Exception {
        boolean given = !files.isEmpty();
        List<Path> backgrounds = given ? files : realConversations();
        if (backgrounds.isEmpty()) {
            System.err.println("No real conversations beside the project: the background is the synthetic fleet alone");
        }
        Part used = part == null ? (given ? Part.ALL : Part.TEST) : part;
        List<Long> run = seed.isEmpty()
                ? LongStream.range(0, seeds).map(i -> 2 * i + 1).boxed().toList()
                : seed;
        Measurement measurement = new Measurement(
                Background.of(backgrounds, used),
                perCell,
                run,
                kinds,
                threads > 0 ? threads : Runtime.getRuntime().availableProcessors());
        Path catalogue = out == null ? null : out.resolveSibling(out.getFileName() + ".catalogue.jsonl");
        measurement.run(catalogue, System.err::println);
        System.err.println(measurement.table());
        Report report = new Report("detectors")
                .put("background", backgrounds.stream().map(Path::toString).toList())
                .put("part", used)
                .put("perCell", perCell)
                .put("seeds", run);
        measurement.result().forEach(report::put);
        report.write(out);
        return 0;
    }

    private static List<Path> realConversations() {
        String home = System.getenv().getOrDefault("SKEIN_HOME", ".");
        List<Path> found = new ArrayList<>();
        for (String set : SETS) {
            Path file =
                    Path.of(home, "..", "shared", "data", set, "messages.jsonl").normalize();
            if (Files.isRegularFile(file)) {
                found.add(file);
            }
        }
        return found;
    }
}
