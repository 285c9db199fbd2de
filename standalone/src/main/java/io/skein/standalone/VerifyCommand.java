package io.skein.standalone;

import io.skein.verify.Verify;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description =
                "Checks an exported bundle without any server: hashes, proofs, signatures, order, completeness. The same as the program verifier/target/skein-verifier.jar. Exit code 1: something is wrong, and the last line names the first such thing; 2: it cannot be checked.")
final class VerifyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "BUNDLE", description = "the zip, or a folder with its files")
    @SuppressWarnings("NullAway.Init") // required
    private String bundle;

    @Option(
            names = "--key",
            paramLabel = "KEY-OR-FILE",
            description =
                    "a public key of the log that you know by another way than the bundle, or a file with such keys")
    private List<String> keys = new ArrayList<>();

    @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description = "a file with earlier checkpoints of the log that you kept")
    private List<String> checkpoints = new ArrayList<>();

    @Override
    public Integer call() {
        List<String> arguments = new ArrayList<>(List.of(bundle));
        keys.forEach(key -> arguments.addAll(List.of("--key", key)));
        checkpoints.forEach(file -> arguments.addAll(List.of("--checkpoint", file)));
        return Verify.run(arguments, new PrintStream(System.out, true, StandardCharsets.UTF_8));
    }
}
