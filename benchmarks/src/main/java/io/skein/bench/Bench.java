package io.skein.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line behind {@code ./skein bench}. */
@Command(
        name = "skein bench",
        description =
                "Measures Skein on this machine. Each bench prints JSON: raw figures, limit or peer of the same run, ratios.",
        mixinStandardHelpOptions = true,
        subcommands = {
            WriteBench.class,
            EndToEndBench.class,
            LatencyBench.class,
            SoakBench.class,
            GraphBench.class,
            RebuildBench.class,
            GrowthBench.class,
            DetectorsBench.class,
            ProofBench.class,
            CommandLine.HelpCommand.class
        })
public final class Bench implements Runnable {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything else
    private CommandLine.Model.CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
