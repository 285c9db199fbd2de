package io.skein.standalone;

import io.skein.eventlog.KernelJson;
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
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

@Command(
        name = "policy",
        mixinStandardHelpOptions = true,
        description = "The rules that a network is judged by; with --set, changes them from now on.")
final class PolicyCommand implements Callable<Integer> {
    @Mixin
    private final ServerChoice choice = new ServerChoice();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything else
    private CommandSpec spec;

    @Option(
            names = "--network",
            paramLabel = "ID",
            description = "Whose rules; without it, those of every network that has none of its own.")
    private @Nullable String network;

    @Option(
            names = "--set",
            paramLabel = "RULE=VALUE",
            description = "Change a rule, as quarantine.dryRun=true; may be given several times.")
    private Map<String, String> changes = new LinkedHashMap<>();

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; needed with --set.")
    private @Nullable String reason;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (!changes.isEmpty() && (reason == null || reason.isBlank())) {
            throw new ParameterException(spec.commandLine(), "--set needs a --reason");
        }
        Optional<ServerClient> found = choice.running(Duration.ZERO);
        if (found.isEmpty()) {
            spec.commandLine().getErr().println("skein: no server answers; start one with ./skein run");
            return ExitCodes.UNREACHABLE;
        }
        try (ServerClient client = found.get()) {
            if (!changes.isEmpty()) {
                ObjectNode body = JsonNodeFactory.instance.objectNode();
                body.put("reason", reason);
                ObjectNode rules = body.putObject("rules");
                changes.forEach((rule, value) -> put(rules, rule, value));
                JsonNode answer = client.changePolicy(network, body);
                if (answer.has("reason")) {
                    spec.commandLine()
                            .getErr()
                            .println("skein: " + answer.path("detail").asString(answer.toString()));
                    return ExitCodes.USAGE;
                }
                out.println("version " + answer.path("version").asLong());
                show(out, answer.path("rules"), "");
            } else {
                JsonNode policy = client.policy(network);
                out.println("of      "
                        + (policy.has("networkId")
                                ? "network " + policy.path("networkId").asString()
                                : "every network that has none of its own"));
                out.println("version " + policy.path("version").asLong());
                show(out, policy.path("rules"), "");
            }
            out.flush();
        }
        return ExitCodes.DONE;
    }

    private static void put(ObjectNode rules, String rule, String value) {
        String[] path = rule.split("\\.", -1);
        ObjectNode at = rules;
        for (int i = 0; i < path.length - 1; i++) {
            at = at.path(path[i]) instanceof ObjectNode known ? known : at.putObject(path[i]);
        }
        at.set(path[path.length - 1], value(value));
    }

    private static JsonNode value(String text) {
        if (text.equals("true") || text.equals("false")) {
            return JsonNodeFactory.instance.booleanNode(text.equals("true"));
        }
        return text.matches("-?\\d+(\\.\\d+)?")
                ? KernelJson.mapper().readTree(text.replaceFirst("^(-?)0+(?=\\d)", "$1"))
                : JsonNodeFactory.instance.stringNode(text);
    }

    private static void show(PrintWriter out, JsonNode rules, String path) {
        for (Map.Entry<String, JsonNode> rule : rules.properties()) {
            String name = path.isEmpty() ? rule.getKey() : path + "." + rule.getKey();
            if (rule.getValue().isObject()) {
                show(out, rule.getValue(), name);
            } else {
                out.printf("%-36s %s%n", name, rule.getValue().asString());
            }
        }
    }
}
