package io.skein.system;

import io.skein.eventlog.KernelJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Conversations that really happened, where they are at hand; counted here without any code of the product but its JSON reader. */
final class RealConversations {
    private RealConversations() {}

    record Truth(long messages, Set<String> agents, Map<String, Long> edges) {}

    /** The file's lines, each put into the network; skips the test where the folder is not there. */
    static List<String> lines(String set, String network) throws IOException {
        Path file = folder().resolve(set).resolve("messages.jsonl");
        Assumptions.assumeTrue(
                Files.exists(file), "skipped: no real conversations at ../shared/data/" + set + "/messages.jsonl");
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            ObjectNode message = (ObjectNode) KernelJson.mapper().readTree(line);
            lines.add(message.put("networkId", network).toString());
        }
        return lines;
    }

    /** What a naive count of the lines gives: agents that send or receive, and messages for each {@code source → target (type)}. */
    static Truth count(List<String> lines) {
        Set<String> agents = new TreeSet<>();
        Map<String, Long> edges = new TreeMap<>();
        for (String line : lines) {
            JsonNode message = KernelJson.mapper().readTree(line);
            String sender = message.path("agentId").asString();
            agents.add(sender);
            Set<String> targets = new LinkedHashSet<>();
            message.path("targetAgents").forEach(target -> targets.add(target.asString()));
            for (String target : targets) {
                agents.add(target);
                edges.merge(edge(sender, target, message.path("type").asString()), 1L, Long::sum);
            }
        }
        return new Truth(lines.size(), agents, edges);
    }

    static String edge(String source, String target, String relationship) {
        return source + " → " + target + " (" + relationship + ")";
    }

    private static Path folder() {
        Path here = Path.of("").toAbsolutePath();
        return Objects.requireNonNull(Files.exists(here.resolve("skein")) ? here : here.getParent())
                .resolveSibling("shared")
                .resolve("data");
    }
}
