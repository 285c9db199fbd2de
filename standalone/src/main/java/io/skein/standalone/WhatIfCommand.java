package io.skein.standalone;

import io.skein.standalone.client.ServerClient;
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
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

@Command(
        name = "what-if",
        mixinStandardHelpOptions = true,
        description = "Which alerts and quarantines would differ, had the detectors had other parameters.")
final class WhatIfCommand implements Callable<Integer> {
    @Mixin
    private final ServerChoice choice = new ServerChoice();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything else
    private CommandSpec spec;

    @Option(
            names = "--detector",
            paramLabel = "NAME.PARAMETER=VALUE",
            description = "A parameter that is to be another; may be given several times. None: the identity.")
    private Map<String, String> detectors = new LinkedHashMap<>();

    @Option(names = "--from", paramLabel = "POSITION|INSTANT", description = "Tell what was found behind it.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "POSITION|INSTANT", description = "Read up to there; without it, to now.")
    private @Nullable String to;

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why.")
    private String reason = "";

    @Override
    public Integer call() throws InterruptedException {
        Optional<ServerClient> found = choice.running(Duration.ZERO);
        if (found.isEmpty()) {
            spec.commandLine().getErr().println("skein: no server answers; start one with ./skein run");
            return ExitCodes.UNREACHABLE;
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("reason", reason);
        if (from != null) {
            body.put("from", from);
        }
        if (to != null) {
            body.put("to", to);
        }
        detectors(body, detectors, spec);
        try (ServerClient client = found.get()) {
            return Operations.follow(
                    client,
                    client.post("/v1/what-if", body),
                    spec.commandLine().getOut(),
                    spec.commandLine().getErr());
        }
    }

    /** Puts {@code name.parameter=value} pairs into the body as the server wants them. */
    static void detectors(ObjectNode body, Map<String, String> given, CommandSpec spec) {
        ObjectNode parameters = body.putObject("detectors");
        given.forEach((key, value) -> {
            int dot = key.lastIndexOf('.');
            if (dot < 1) {
                throw new ParameterException(
                        spec.commandLine(), "--detector " + key + " has no parameter; expected NAME.PARAMETER=VALUE");
            }
            parameters.withObjectProperty(key.substring(0, dot)).put(key.substring(dot + 1), value);
        });
    }
}
