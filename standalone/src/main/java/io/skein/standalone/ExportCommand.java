package io.skein.standalone;

import io.skein.standalone.client.ServerClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
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
        name = "export",
        mixinStandardHelpOptions = true,
        description =
                "Writes events as they are stored into a file, with what proves them; ./skein verify checks it. Without a question: every event up to the newest checkpoint.")
final class ExportCommand implements Callable<Integer> {
    @Mixin
    private final ServerChoice choice = new ServerChoice();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything else
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "where to write it, as trail.zip")
    @SuppressWarnings("NullAway.Init") // required
    private Path file;

    @Option(names = "--format", paramLabel = "FORMAT", description = "bundle (default), jsonl or csv")
    private String format = "bundle";

    @Option(names = "--network", paramLabel = "ID", description = "only events of this network")
    private @Nullable String network;

    @Option(names = "--agent", paramLabel = "ID", description = "only events about this agent")
    private @Nullable String agent;

    @Option(names = "--conversation", paramLabel = "ID", description = "only messages of this conversation")
    private @Nullable String conversation;

    @Option(names = "--type", paramLabel = "TYPE", description = "only events of this type, as MessageRecorded")
    private @Nullable String type;

    @Option(names = "--alert", paramLabel = "ID", description = "only this alert and its evidence")
    private @Nullable String alert;

    @Option(names = "--from", paramLabel = "POSITION", description = "first position (default: 1)")
    private @Nullable Long from;

    @Option(names = "--to", paramLabel = "POSITION", description = "last position (default: the last that is signed)")
    private @Nullable Long to;

    @Option(
            names = "--since",
            paramLabel = "SIZE",
            description = "size of an earlier checkpoint, to prove that history since was only added to")
    private @Nullable Long since;

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        Optional<ServerClient> found = choice.running(Duration.ZERO);
        if (found.isEmpty()) {
            err.println("skein: no server answers; start one with ./skein run");
            return ExitCodes.UNREACHABLE;
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (ServerClient client = found.get()) {
            Optional<String> refused = client.save("/v1/audit/export?" + query(), part);
            if (refused.isPresent()) {
                err.println("skein: " + refused.get());
                return ExitCodes.NO;
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            spec.commandLine().getOut().printf("%s  %,d bytes%n", file, Files.size(file));
            spec.commandLine().getOut().flush();
            return ExitCodes.DONE;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private String query() {
        StringBuilder query = new StringBuilder("format=").append(encoded(format));
        add(query, "network", network);
        add(query, "agent", agent);
        add(query, "conversation", conversation);
        add(query, "type", type);
        add(query, "alert", alert);
        add(query, "from", from);
        add(query, "to", to);
        add(query, "since", since);
        return query.toString();
    }

    private static void add(StringBuilder query, String name, @Nullable Object value) {
        if (value != null) {
            query.append('&').append(name).append('=').append(encoded(value.toString()));
        }
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
