package io.skein.standalone;

import io.skein.standalone.client.ServerClient;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

@Command(
        name = "history",
        mixinStandardHelpOptions = true,
        description =
                "What happened: the events of a network, newest first, or with --chain what caused a message and what it caused.")
final class HistoryCommand implements Callable<Integer> {
    private static final int PAGE = 1_000;

    @Mixin
    private final ServerChoice choice = new ServerChoice();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything else
    private CommandSpec spec;

    @Option(names = "--network", paramLabel = "ID", defaultValue = "default", description = "default: ${DEFAULT-VALUE}")
    private String network = "default";

    @Option(names = "--agent", paramLabel = "ID", description = "Who takes part.")
    private @Nullable String agent;

    @Option(names = "--counterpart", paramLabel = "ID", description = "Who takes part with --agent.")
    private @Nullable String counterpart;

    @Option(names = "--type", paramLabel = "EVENT[,…]", description = "As MessageRecorded,AlertRaised.")
    private @Nullable String type;

    @Option(names = "--conversation", paramLabel = "ID")
    private @Nullable String conversation;

    @Option(names = "--outcome", paramLabel = "WORD", description = "ok, error, timeout or refused.")
    private @Nullable String outcome;

    @Option(names = "--severity", paramLabel = "WORD", description = "Of alerts: info, warning, critical or emergency.")
    private @Nullable String severity;

    @Option(names = "--from", paramLabel = "INSTANT", description = "Recorded then or later, as 2026-11-23T10:00:00Z.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "INSTANT", description = "Recorded earlier.")
    private @Nullable String to;

    @Option(names = "--text", paramLabel = "TEXT", description = "Part of an id.")
    private @Nullable String text;

    @Option(names = "--at", paramLabel = "MOMENT", description = "As of a position or an instant.")
    private @Nullable String at;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "Most events; 0 for all. Default: ${DEFAULT-VALUE}")
    private long limit = 50;

    @Option(names = "--oldest-first", description = "In the order of the log.")
    private boolean oldestFirst;

    @Option(names = "--count", description = "Only how many.")
    private boolean count;

    @Option(names = "--chain", paramLabel = "MESSAGE", description = "Causes and effects of this message, as a tree.")
    private @Nullable String chain;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Override
    public Integer call() {
        Optional<ServerClient> found = choice.running(Duration.ZERO);
        if (found.isEmpty()) {
            spec.commandLine().getErr().println("skein: no server answers; start one with ./skein run");
            return ExitCodes.UNREACHABLE;
        }
        try (ServerClient client = found.get()) {
            PrintWriter out = spec.commandLine().getOut();
            boolean answered =
                    chain != null ? chain(client, out, chain) : count ? count(client, out) : list(client, out);
            out.flush();
            return answered ? ExitCodes.DONE : ExitCodes.USAGE;
        }
    }

    private boolean list(ServerClient client, PrintWriter out) {
        String path = path("/v1/history") + parameter("order", oldestFirst ? "oldest" : "newest");
        long left = limit == 0 ? Long.MAX_VALUE : limit;
        @Nullable String next = null;
        do {
            JsonNode page = client.ask(path + "&limit=" + Math.min(PAGE, left) + parameter("cursor", next));
            if (refused(page)) {
                return false;
            }
            for (JsonNode event : page.path("items")) {
                show(out, event, "");
                left--;
            }
            next = page.path("next").asString(null);
        } while (next != null && left > 0);
        return true;
    }

    private boolean count(ServerClient client, PrintWriter out) {
        JsonNode answer = client.ask(path("/v1/history/count"));
        if (refused(answer)) {
            return false;
        }
        out.println(answer.path("count").asLong());
        return true;
    }

    private boolean chain(ServerClient client, PrintWriter out, String message) {
        JsonNode answer = client.ask(
                "/v1/history/chain?network=" + encoded(network) + parameter("message", message) + parameter("at", at));
        if (refused(answer)) {
            return false;
        }
        if (json) {
            out.println(answer);
            return true;
        }
        if (answer.has("missingCause")) {
            out.println("(" + answer.path("missingCause").asString() + ", which is not in the log)");
        }
        int causes = answer.path("causes").size();
        for (int i = causes - 1; i >= 0; i--) {
            show(out, answer.path("causes").get(i), i == 0 ? "> " : "  ");
        }
        below(out, answer.path("effects"), message, "    ");
        if (answer.path("truncated").asBoolean()) {
            out.println("… there is more");
        }
        return true;
    }

    private void below(PrintWriter out, JsonNode effects, String cause, String indent) {
        for (JsonNode effect : effects) {
            JsonNode event = effect.path("event");
            if (cause.equals(event.path("causationId").asString(""))) {
                show(out, event, indent);
                below(out, effects, event.path("messageId").asString(""), indent + "  ");
            }
        }
    }

    private void show(PrintWriter out, JsonNode event, String indent) {
        if (json) {
            out.println(event);
        } else {
            out.printf(
                    "%10d  %-27s %s%-18s %s%n",
                    event.path("position").asLong(),
                    event.path("recordedAt").asString(""),
                    indent,
                    event.path("messageId").asString(event.path("eventType").asString("")),
                    event.path("summary").asString(""));
        }
    }

    private boolean refused(JsonNode answer) {
        if (answer.has("detail") && answer.has("reason")) {
            spec.commandLine()
                    .getErr()
                    .println("skein: " + answer.path("detail").asString());
            return true;
        }
        return false;
    }

    private String path(String call) {
        return call + "?network=" + encoded(network) + parameter("agent", agent) + parameter("counterpart", counterpart)
                + parameter("type", type) + parameter("conversation", conversation) + parameter("outcome", outcome)
                + parameter("severity", severity) + parameter("from", from) + parameter("to", to)
                + parameter("text", text)
                + parameter("at", at);
    }

    private static String parameter(String name, @Nullable String value) {
        return value == null ? "" : "&" + name + "=" + encoded(value);
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
