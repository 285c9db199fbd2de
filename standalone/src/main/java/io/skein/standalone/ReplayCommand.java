package io.skein.standalone;

import io.skein.standalone.client.ServerClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description =
                "Tells a stretch of the log once more: into a file, or into a Kafka topic. Nothing follows from it.")
final class ReplayCommand implements Callable<Integer> {
    @Mixin
    private final ServerChoice choice = new ServerChoice();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything else
    private CommandSpec spec;

    @Option(
            names = "--from",
            paramLabel = "POSITION|INSTANT",
            description = "Begin behind it; without it, at the first event.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "POSITION|INSTANT", description = "End there; without it, now.")
    private @Nullable String to;

    @Option(
            names = "--speed",
            paramLabel = "FACTOR",
            description = "1 is as it happened; without it, as fast as can be.")
    private double speed;

    @Option(names = "--network", paramLabel = "ID", description = "Only of this network.")
    private @Nullable String network;

    @Option(names = "--agent", paramLabel = "ID", description = "Only of, to or about this agent.")
    private @Nullable String agent;

    @Option(names = "--type", paramLabel = "NAME", description = "Only events of this type, as MessageRecorded.")
    private @Nullable String type;

    @Option(names = "--conversation", paramLabel = "ID", description = "Only of this conversation.")
    private @Nullable String conversation;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Where to write, one JSON object a line; - is the screen.")
    private String out = "-";

    @Option(names = "--topic", paramLabel = "NAME", description = "Send to this Kafka topic instead; needs --reason.")
    private @Nullable String topic;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; with --topic.")
    private @Nullable String reason;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (topic != null && (reason == null || conversation != null)) {
            throw new ParameterException(spec.commandLine(), "--topic needs --reason, and takes no --conversation");
        }
        Optional<ServerClient> found = choice.running(Duration.ZERO);
        if (found.isEmpty()) {
            spec.commandLine().getErr().println("skein: no server answers; start one with ./skein run");
            return ExitCodes.UNREACHABLE;
        }
        try (ServerClient client = found.get()) {
            return topic == null ? toFile(client) : toTopic(client);
        }
    }

    private int toFile(ServerClient client) throws IOException {
        Map<String, String> asked = new LinkedHashMap<>();
        put(asked, "from", from);
        put(asked, "to", to);
        put(asked, "network", network);
        put(asked, "agent", agent);
        put(asked, "type", type);
        put(asked, "conversation", conversation);
        asked.put("speed", Double.toString(speed));
        StringBuilder query = new StringBuilder("/v1/replay?");
        asked.forEach((name, value) -> query.append(name)
                .append('=')
                .append(ServerClient.encode(value))
                .append('&'));
        String problem = client.download(query.substring(0, query.length() - 1), out.equals("-") ? null : Path.of(out));
        if (!problem.isEmpty()) {
            spec.commandLine().getErr().println("skein: " + problem);
            return ExitCodes.NO;
        }
        return ExitCodes.DONE;
    }

    private static void put(Map<String, String> asked, String name, @Nullable String value) {
        if (value != null) {
            asked.put(name, value);
        }
    }

    private int toTopic(ServerClient client) throws InterruptedException {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("reason", reason).put("topic", topic).put("speed", speed);
        Map<String, String> asked = new LinkedHashMap<>();
        put(asked, "from", from);
        put(asked, "to", to);
        put(asked, "network", network);
        put(asked, "agent", agent);
        put(asked, "type", type);
        asked.forEach(body::put);
        PrintWriter screen = spec.commandLine().getOut();
        JsonNode answer = client.post("/v1/replay", body);
        return Operations.follow(client, answer, screen, spec.commandLine().getErr());
    }
}
