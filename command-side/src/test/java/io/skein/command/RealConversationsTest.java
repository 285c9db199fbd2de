package io.skein.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Conversations that really happened. They are not part of the project; without them there is nothing to test here. */
@SuppressWarnings("NullAway.Init")
class RealConversationsTest {
    private static final Path DATA = Path.of("..", "..", "shared", "data");
    private static RunningCommandSide side;

    @BeforeAll
    static void start() {
        side = RunningCommandSide.start(Map.of());
    }

    @AfterAll
    static void stop() {
        side.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"whowhen", "mast", "avalon", "nezha", "diplomacy"})
    void every_message_is_recorded_once_and_sending_it_again_adds_nothing(String dataset) throws IOException {
        Path file = DATA.resolve(dataset).resolve("messages.jsonl");
        assumeThat(file).as("real conversations beside the project").exists();
        byte[] body = Files.readAllBytes(file);
        long lines = Files.readAllLines(file).stream()
                .filter(line -> !line.isBlank())
                .count();
        RunningCommandSide.Answer first = side.post("/v1/messages", "application/x-ndjson", body);
        assertThat(first.body().get("recorded").asLong()).isEqualTo(lines);
        long events = side.number("select count(*) from event_log");
        RunningCommandSide.Answer again = side.post("/v1/messages", "application/x-ndjson", body);
        assertThat(again.body().get("duplicates").asLong()).isEqualTo(lines);
        assertThat(side.number("select count(*) from event_log")).isEqualTo(events);
        assertThat(again.body().get("results").get((int) lines - 1).get("position"))
                .isEqualTo(first.body().get("results").get((int) lines - 1).get("position"));
    }
}
