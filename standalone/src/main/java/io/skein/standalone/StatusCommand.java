package io.skein.standalone;

import io.skein.standalone.client.ServerClient;
import io.skein.standalone.client.ServerStatus;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Where the log and each projection stand. Exit code 2 if no server answers.")
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private final ServerChoice choice = new ServerChoice();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything else
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Optional<ServerClient> found = choice.running(Duration.ZERO);
        if (found.isEmpty()) {
            spec.commandLine().getErr().println("skein: no server answers; start one with ./skein run");
            return ExitCodes.UNREACHABLE;
        }
        try (ServerClient client = found.get()) {
            ServerStatus status = client.status();
            out.println("server  " + client.server());
            out.printf("head    %,d%n", status.head());
            out.printf("%-16s %14s %10s %13s%n", "projection", "position", "lag", "dead letters");
            for (ServerStatus.Projection projection : status.projections()) {
                out.printf(
                        "%-16s %,14d %,10d %,13d%n",
                        projection.name(), projection.position(), projection.lag(), projection.deadLetters());
            }
            out.flush();
        }
        return ExitCodes.DONE;
    }
}
