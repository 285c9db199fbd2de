package io.skein.projection.loops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Conversations that really happened: turn-taking goes round in them, and work gets done. */
class RealConversationsTest {
    private static final Path DATA =
            Path.of("../../shared/data").toAbsolutePath().normalize();

    @ParameterizedTest
    @CsvSource({"avalon, 0", "mast, 30", "whowhen, 4", "nezha, 0", "diplomacy, 0"})
    void turn_taking_raises_no_alarm(String dataset, int reentries) throws IOException {
        Path file = DATA.resolve(dataset).resolve("messages.jsonl");
        assumeThat(file).as("real conversations beside the project").exists();
        OpenRequestChain detector = new OpenRequestChain(LoopPolicy.DEFAULT);
        List<RoutingLoop> found = new ArrayList<>();
        long position = 0;
        for (String line : Files.readAllLines(file)) {
            position++;
            found.addAll(detector.on(
                    new MessageRecorded(parse(line), Instant.EPOCH.plusMillis(position)), position, position));
        }
        if (Boolean.getBoolean("skein.show")) {
            found.stream()
                    .filter(RoutingLoop::lapComplete)
                    .forEach(loop -> System.out.println(dataset + " " + loop.closing() + " " + loop.rotation()
                            + " laps=" + loop.laps() + " newWords=" + loop.newWords() + " same=" + loop.sameContent()
                            + " inferred=" + loop.inferred() + " " + loop.severity()));
        }
        assertThat(found).filteredOn(loop -> loop.severity() != null).isEmpty();
        assertThat(found).hasSize(reentries);
    }

    private static Message parse(String line) {
        JsonNode json = JsonMapper.shared().readTree(line);
        List<AgentId> targets = new ArrayList<>();
        json.get("targetAgents").forEach(target -> targets.add(new AgentId(target.asString())));
        JsonNode cause = json.get("causationId");
        return new Message(
                new MessageId(json.get("messageId").asString()),
                NetworkId.DEFAULT,
                new ConversationId(json.get("conversationId").asString()),
                new AgentId(json.get("agentId").asString()),
                targets,
                MessageType.valueOf(json.get("type").asString().toUpperCase(Locale.ROOT)),
                Instant.parse(json.get("timestamp").asString()),
                new JsonText(json.get("content").toString()),
                cause == null || cause.isNull() ? null : new MessageId(cause.asString()),
                null,
                null,
                List.of(),
                null,
                null,
                Map.of());
    }
}
