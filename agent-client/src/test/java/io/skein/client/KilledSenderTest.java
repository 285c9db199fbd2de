package io.skein.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.embedded.EmbeddedKafkaServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Property 3 with what it is about: a real broker, stopped and started, and a real process, killed. Two tries of five lives each, because each
 * starts five JVMs and two brokers; the many tries are in {@link P03BufferedInOrderProperties}.
 */
class KilledSenderTest {
    private static final int AGENTS = 5;

    @TempDir
    Path folder;

    @Test
    void killed_while_kafka_is_away_and_while_it_is_there_loses_nothing_and_keeps_the_order() throws Exception {
        for (long seed : new long[] {1, 2}) {
            lives(folder.resolve("try-" + seed), new Random(seed));
        }
    }

    private static void lives(Path home, Random random) throws Exception {
        Path data = home.resolve("kafka");
        EmbeddedKafkaServer server = EmbeddedKafkaServer.start(data, 0);
        int port = server.port();
        String servers = server.bootstrapServers();
        RawTopic.create(servers, KafkaMessageBus.DEFAULT_TOPIC, 3, Map.of());
        Path buffer = home.resolve("buffer");
        int next = 0;
        try {
            next = life(servers, buffer, next, 600 + random.nextInt(400));
            server.close();
            next = life(servers, buffer, next, 300 + random.nextInt(300));
            next = life(servers, buffer, next, 1 + random.nextInt(50));
            server = EmbeddedKafkaServer.start(data, port);
            next = life(servers, buffer, next, 600 + random.nextInt(600));
            next = life(servers, buffer, next, 1 + random.nextInt(100));
            int taken = next;
            try (KafkaMessageBus bus = KafkaMessageBus.to(servers, BufferSettings.in(buffer))
                    .requestTimeout(Duration.ofSeconds(2))
                    .open()) {
                assertThat(bus.flush(Duration.ofSeconds(60))).isTrue();
                assertThat(bus.metrics().setAside()).isZero();
            }
            List<RawTopic.Record> records = RawTopic.read(servers, KafkaMessageBus.DEFAULT_TOPIC);
            RawTopic.assertCompleteAndInOrder(records, AGENTS, taken);
            assertThat(records.size())
                    .as("doubled at most what was under way at a kill")
                    .isLessThanOrEqualTo(taken + 5 * 20);
        } finally {
            server.close();
        }
    }

    /** Lets an agent send until it has said so many numbers, kills it, and gives the first number that the next one should send. */
    private static int life(String servers, Path buffer, int first, int count) throws Exception {
        Process agent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SendingAgent.class.getName(),
                        servers,
                        buffer.toString(),
                        Integer.toString(first),
                        Integer.toString(AGENTS))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<Integer> said = new ArrayList<>();
        try (BufferedReader lines = agent.inputReader()) {
            String line = lines.readLine();
            while (line != null) {
                said.add(Integer.parseInt(line));
                if (said.size() == count) {
                    agent.destroyForcibly();
                }
                line = whole(lines);
            }
        } finally {
            agent.destroyForcibly();
        }
        assertThat(agent.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(agent.exitValue()).as("killed, not ended").isEqualTo(137);
        assertThat(said).hasSizeGreaterThanOrEqualTo(count);
        // The one after the last said may have been taken before the kill; sending it again under its id is what an
        // agent would do.
        return said.getLast() + 1;
    }

    /** The next line, unless the kill cut it short. */
    private static @org.jspecify.annotations.Nullable String whole(BufferedReader lines) throws IOException {
        try {
            return lines.readLine();
        } catch (IOException closed) {
            return null;
        }
    }
}
