package io.skein.standalone;

import io.skein.standalone.client.ServerClient;
import java.io.PrintWriter;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

@Command(
        name = "projections",
        mixinStandardHelpOptions = true,
        description = "Lists the projections, or does something to one of them and shows how far it is.")
final class ProjectionsCommand implements Callable<Integer> {
    enum Act {
        list,
        pause,
        resume,
        rebuild,
        reset,
        shadow,
        diff,
        cut_over,
        roll_back,
        discard;

        String path() {
            return name().replace('_', '-');
        }

        boolean isOnShadow() {
            return this == diff || this == cut_over || this == roll_back || this == discard;
        }
    }

    @Mixin
    private final ServerChoice choice = new ServerChoice();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything else
    private CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "ACT",
            description =
                    "list (default), pause, resume, rebuild, reset, shadow, diff, cut-over, roll-back or discard.")
    private String act = "list";

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "The projection.")
    private @Nullable String name;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; needed for every act.")
    private @Nullable String reason;

    @Option(names = "--to", paramLabel = "POSITION|INSTANT", description = "For reset: where to go back to.")
    private @Nullable String to;

    @Option(
            names = "--detector",
            paramLabel = "NAME.PARAMETER=VALUE",
            description = "For shadow: a detector's parameter that is to be another; may be given several times.")
    private Map<String, String> detectors = new LinkedHashMap<>();

    @Option(
            names = "--operation",
            paramLabel = "ID",
            description = "For diff, cut-over, roll-back and discard: the shadow. Without it, the projection's newest.")
    private @Nullable String operation;

    @Override
    public Integer call() throws InterruptedException {
        Act asked = act();
        Optional<ServerClient> found = choice.running(Duration.ZERO);
        if (found.isEmpty()) {
            spec.commandLine().getErr().println("skein: no server answers; start one with ./skein run");
            return ExitCodes.UNREACHABLE;
        }
        try (ServerClient client = found.get()) {
            return asked == Act.list ? list(client) : order(client, asked);
        }
    }

    private Act act() {
        Act asked;
        try {
            asked = Act.valueOf(act.replace('-', '_'));
        } catch (IllegalArgumentException unknown) {
            throw new ParameterException(
                    spec.commandLine(),
                    "'" + act
                            + "' is no act; expected list, pause, resume, rebuild, reset, shadow, diff, cut-over, roll-back or discard");
        }
        if (asked != Act.list && (name == null || reason == null || reason.isBlank())) {
            throw new ParameterException(spec.commandLine(), act + " needs the NAME of a projection and a --reason");
        }
        if (asked == Act.reset && to == null) {
            throw new ParameterException(spec.commandLine(), "reset needs --to");
        }
        return asked;
    }

    private int list(ServerClient client) {
        PrintWriter out = spec.commandLine().getOut();
        JsonNode answer = client.ask("/v1/projections");
        out.printf("head %,d%n", answer.path("head").asLong());
        out.printf(
                "%-24s %-11s %14s %10s %8s %9s %7s %6s  %s%n",
                "name", "kind", "position", "lag", "behind", "events/s", "left", "dead", "state");
        for (JsonNode one : answer.path("items")) {
            String state = one.path("paused").asBoolean(false)
                    ? "paused"
                    : one.path("running").asBoolean(false)
                            ? "runs on " + one.path("node").asString("?")
                            : "stands still";
            out.printf(
                    "%-24s %-11s %,14d %,10d %8s %9s %7s %6d  %s%n",
                    one.path("name").asString(""),
                    one.path("kind").asString(""),
                    one.path("position").asLong(0),
                    one.path("lag").asLong(0),
                    seconds(one.path("lagTime")),
                    one.path("eventsPerSecond").isNumber()
                            ? "%,.0f".formatted(one.path("eventsPerSecond").asDouble())
                            : "",
                    seconds(one.path("eta")),
                    one.path("deadLetters").asLong(0),
                    state
                            + (one.path("error").isString()
                                    ? ", " + one.path("error").asString()
                                    : ""));
        }
        out.flush();
        return ExitCodes.DONE;
    }

    private static String seconds(JsonNode duration) {
        return duration.isString()
                ? "%.1f s".formatted(Duration.parse(duration.asString()).toMillis() / 1e3)
                : "";
    }

    private int order(ServerClient client, Act asked) throws InterruptedException {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("reason", reason);
        if (to != null) {
            body.put("to", to);
        }
        WhatIfCommand.detectors(body, detectors, spec);
        if (asked.isOnShadow()) {
            body.put("operationId", operation == null ? newestShadow(client) : operation);
        }
        JsonNode answer =
                client.post("/v1/projections/" + ServerClient.encode(String.valueOf(name)) + "/" + asked.path(), body);
        return Operations.follow(
                client, answer, spec.commandLine().getOut(), spec.commandLine().getErr());
    }

    private String newestShadow(ServerClient client) {
        for (JsonNode one : client.ask("/v1/projections/operations?limit=1000").path("items")) {
            if (one.path("act").asString("").equals("shadow")
                    && one.path("projection").asString("").equals(name)
                    && one.path("state").asString("").matches("running|following")) {
                return one.path("operationId").asString("");
            }
        }
        throw new ParameterException(
                spec.commandLine(), "projection " + name + " has no shadow; begin one with: shadow");
    }
}
