package io.skein.standalone;

import io.skein.standalone.client.ServerClient;
import io.skein.standalone.load.ImportResult;
import io.skein.standalone.load.Importer;
import io.skein.standalone.server.ServerOptions;
import io.skein.standalone.server.Stages;
import io.skein.standalone.server.StandaloneServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "Load messages, one JSON object a line (README.md shows one), each file in its order.",
            "Without a running server, one is started just for this and stopped again.",
            "Exit code 1 if a line was refused, 2 if the server cannot be reached."
        })
final class ImportCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "JSON lines; a name ending in .gz is unpacked")
    private List<Path> files = List.of();

    @Option(
            names = "--rejects",
            paramLabel = "FILE",
            description = "write every refused line's number and reason there, as JSON lines")
    private @Nullable Path rejects;

    @Mixin
    private final ServerChoice choice = new ServerChoice();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything else
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        for (Path file : files) {
            if (!Files.isReadable(file) || Files.isDirectory(file)) {
                throw new NoSuchFileException(file.toString());
            }
        }
        Optional<ServerClient> found = choice.running(PATIENCE);
        if (found.isPresent()) {
            try (ServerClient client = found.get()) {
                out.println("Importing into " + client.server());
                return load(client, out);
            }
        }
        return alone(out);
    }

    private int alone(PrintWriter out) throws IOException, InterruptedException {
        StandaloneServer.logInto(choice.data());
        out.println("No server is running: starting one on " + choice.data() + " for this import");
        out.flush();
        ServerOptions options = new ServerOptions(choice.data(), 0, 0, "127.0.0.1", false, Map.of(), null);
        try (StandaloneServer server = StandaloneServer.start(options, new Stages(out))) {
            CleanStop.whenSignalled(server, out);
            try (ServerClient client = new ServerClient(server.url(), PATIENCE)) {
                return load(client, out);
            }
        }
    }

    private int load(ServerClient client, PrintWriter out) throws IOException, InterruptedException {
        ImportResult result = new Importer(client, out, Defaults.terminal(), rejects).run(files);
        out.println(result.summary());
        boolean caughtUp = CatchUp.await(client, out);
        CatchUp.tell(client, out);
        return result.refused() == 0 && caughtUp ? ExitCodes.DONE : ExitCodes.NO;
    }
}
