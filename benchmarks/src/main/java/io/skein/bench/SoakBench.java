package io.skein.bench;

import io.skein.bench.soak.Soak;
import io.skein.standalone.server.StandaloneServer;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Load with kills; no figure of it is worth anything where something is lost. */
@Command(
        name = "soak",
        description = {
            "Sends through the HTTP and Kafka doors while server and Kafka are killed (SIGKILL), then compares acknowledged, log, mirror,",
            "decisions, and the read tables with a rebuild. Every second kill of the server takes its PostgreSQL along. Exit code 1 with",
            "the first difference named."
        })
final class SoakBench implements Callable<Integer> {
    @Option(names = "--minutes", defaultValue = "10", description = "How long to send (default ${DEFAULT-VALUE}).")
    private double minutes;

    @Option(
            names = "--rate",
            defaultValue = "0",
            description =
                    "Messages a second; 0: half of the top speed, which is measured first (default ${DEFAULT-VALUE}).")
    private double rate;

    @Option(
            names = "--kill-server-every",
            defaultValue = "60s",
            converter = Seconds.class,
            description = "Time between two kills of the server (default ${DEFAULT-VALUE}).")
    private Duration killServerEvery = Duration.ofSeconds(60);

    @Option(names = "--kafka-kills", defaultValue = "2", description = "Kills of Kafka (default ${DEFAULT-VALUE}).")
    private int kafkaKills;

    @Option(names = "--agents", defaultValue = "300", description = "Agents that send (default ${DEFAULT-VALUE}).")
    private int agents;

    @Option(
            names = "--batch",
            defaultValue = "100",
            description = "Messages of one HTTP request (default ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--heap", defaultValue = "2g", description = "Of the server (default ${DEFAULT-VALUE}).")
    private String heap = "2g";

    @Option(names = "--data", description = "Folder to work in; a new one if not named.")
    private @Nullable Path data;

    @Option(names = "--out", description = "Also write the JSON to this file.")
    private @Nullable Path out;

    @Override
    public Integer call() throws Exception {
        Path folder = data == null ? Files.createTempDirectory("skein-soak-") : data;
        StandaloneServer.logInto(folder);
        Soak.Result result = Soak.run(
                new Soak.Plan(
                        folder,
                        Duration.ofMillis(Math.round(minutes * 60_000)),
                        rate,
                        killServerEvery,
                        kafkaKills,
                        agents,
                        batch,
                        heap),
                new PrintWriter(System.err, true));
        List<String> differences = result.differences();
        Report report = new Report("soak").put("minutes", minutes);
        result.figures().forEach(report::put);
        report.put("differences", differences).write(out);
        if (!differences.isEmpty()) {
            System.err.println("skein bench soak: " + differences.getFirst());
            return 1;
        }
        return 0;
    }

    private static final class Seconds implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            String digits = text.endsWith("s") ? text.substring(0, text.length() - 1) : text;
            try {
                Duration every = Duration.ofSeconds(Long.parseLong(digits));
                if (every.isPositive()) {
                    return every;
                }
            } catch (NumberFormatException noNumber) {
                // Said below.
            }
            throw new TypeConversionException("'" + text + "' is no number of seconds such as 60s");
        }
    }
}
