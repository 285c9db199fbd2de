package io.skein.standalone;

import io.skein.eventlog.tree.EvidenceFolder;
import io.skein.standalone.server.DataFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "rotate-key",
        mixinStandardHelpOptions = true,
        description =
                "Makes a new key that checkpoints are signed with from now on; the one before vouches for it, and what it signed stays verifiable. A running server takes it up by itself.")
final class RotateKeyCommand implements Callable<Integer> {
    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description = "folder of the signing key (default: evidence in the data folder)")
    private @Nullable Path folder;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "data folder (default: $SKEIN_DATA, else data in Skein's folder)")
    private @Nullable Path data;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything else
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Path evidence = folder == null ? DataFolder.evidence(data == null ? Defaults.data() : data) : folder;
        try {
            EvidenceFolder.Keys keys = new EvidenceFolder(evidence).rotate();
            spec.commandLine().getOut().println(keys.current().verifier().text());
            spec.commandLine().getOut().flush();
            return ExitCodes.DONE;
        } catch (IllegalStateException none) {
            spec.commandLine().getErr().println("skein: " + none.getMessage());
            return ExitCodes.NO;
        }
    }
}
