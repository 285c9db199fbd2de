package io.skein.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.db.Schema;
import io.skein.embedded.FaultyProxy;
import io.skein.embedded.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import tools.jackson.databind.JsonNode;

/**
 * Whatever the network between the command side and PostgreSQL does, what was answered {@code recorded} is in the log, what was answered as failed is in it wholly
 * or not at all, and the side recovers by itself. Fewer tries than usual: each is a way of ten faults.
 */
@SuppressWarnings("NullAway.Init") // jqwik calls a_side_with_a_bad_network before anything else
class DatabaseFaultsProperties {
    private static final AtomicInteger TRY = new AtomicInteger();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static FaultyProxy network;
    private static RunningCommandSide side;

    enum Fault {
        NONE,
        CUT_AFTER_BYTES,
        CUT,
        REFUSE,
        DELAY,
        STALL,
        STALL_ANSWERS
    }

    record Step(Fault fault, int bytes, int messages, int agents) {}

    @BeforeContainer
    static void a_side_with_a_bad_network() {
        TestDatabase database = TestDatabase.fresh(Schema::migrate);
        network = FaultyProxy.before(TestDatabase.sharedServer().port());
        side = RunningCommandSide.on(
                database,
                Map.of(
                        "skein.command.database.url",
                        "jdbc:postgresql://127.0.0.1:" + network.port() + "/" + database.name(),
                        "skein.command.group-commit.timeout",
                        "2s"));
    }

    @AfterContainer
    static void close() {
        network.heal();
        side.close();
        network.close();
    }

    @Property(tries = 5, shrinking = ShrinkingMode.OFF)
    void every_answer_is_true_and_in_the_end_everything_is_recorded_once_in_order(@ForAll("ways") List<Step> way)
            throws Exception {
        String run = "t" + TRY.incrementAndGet();
        List<String> all = new ArrayList<>();
        Set<String> recorded = new LinkedHashSet<>();
        for (Step step : way) {
            List<String> batch = new ArrayList<>();
            for (int i = 0; i < step.messages(); i++) {
                batch.add(run + "-a" + i % step.agents() + "#" + all.size());
                all.add(batch.getLast());
            }
            Thread healing = hurt(step);
            // Whatever comes of it: an agent's next messages are only sent once these are answered.
            while (!post(batch, recorded)) {
                Thread.sleep(20);
            }
            healing.join();
        }
        assertThat(recorded).hasSize(all.size());
        for (String id : all) {
            assertThat(count(id)).as("how often message %s is in the log", id).isEqualTo(1);
        }
        assertThat(side.number("select count(*) from event_log where aggregate_id like 'default/" + run + "-%'"
                        + " and sequence <> 0 and not exists (select from event_log b where b.aggregate_id = event_log.aggregate_id"
                        + " and b.sequence = event_log.sequence - 1 and b.position < event_log.position)"))
                .as("events that do not follow their aggregate's one before")
                .isZero();
        assertThat(side.number("select max(position) - count(*) from event_log"))
                .as("gaps")
                .isZero();
    }

    @Example
    void while_the_database_is_away_one_is_told_so_and_when_to_come_again() throws Exception {
        network.refuse();
        RunningCommandSide.Answer away = side.post(
                "/v1/messages", "application/json", message("away", "a").getBytes(StandardCharsets.UTF_8));
        assertThat(away.status()).isEqualTo(503);
        assertThat(away.body().path("reason").asString()).isEqualTo("log_unavailable");
        assertThat(away.response().headers().firstValueAsLong("Retry-After").orElse(0))
                .isPositive();
        network.heal();
        SharedKafka.eventually(
                PATIENCE, () -> side.post("/v1/messages", message("away", "a")).status() == 200);
        assertThat(count("away")).isEqualTo(1);
    }

    @Provide
    Arbitrary<List<Step>> ways() {
        return Combinators.combine(
                        Arbitraries.of(Fault.values()),
                        Arbitraries.integers().between(0, 12_000),
                        Arbitraries.integers().between(1, 60),
                        Arbitraries.integers().between(1, 6))
                .as(Step::new)
                .list()
                .ofSize(10);
    }

    /** @return ends when the network is whole again */
    private static Thread hurt(Step step) throws InterruptedException {
        switch (step.fault()) {
            case NONE -> {}
            case CUT_AFTER_BYTES -> network.cutAfter(step.bytes());
            case CUT -> network.cut();
            case REFUSE -> network.refuse();
            case DELAY -> network.delay(Duration.ofMillis(15));
            case STALL -> network.stall();
            case STALL_ANSWERS -> network.stallAnswers();
        }
        return Thread.ofVirtual().start(() -> {
            try {
                // Shorter and longer than the side's own patience of a second.
                Thread.sleep(step.fault() == Fault.NONE ? 0 : 100 + step.bytes() / 10);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            network.heal();
        });
    }

    /** Whether all of the batch is recorded now. */
    private static boolean post(List<String> batch, Set<String> recorded) {
        StringBuilder body = new StringBuilder();
        batch.forEach(id ->
                body.append(message(id, id.substring(0, id.indexOf('#')))).append('\n'));
        RunningCommandSide.Answer answer = side.post(
                "/v1/messages", "application/x-ndjson", body.toString().getBytes(StandardCharsets.UTF_8));
        if (answer.status() != 200) {
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.response().headers().firstValue("Retry-After")).isPresent();
            return false;
        }
        boolean all = true;
        JsonNode results = answer.body().path("results");
        for (JsonNode result : results.isMissingNode() ? List.of(answer.body()) : results) {
            if (result.path("status").asString().equals("refused")) {
                assertThat(result.path("problem").path("reason").asString()).isEqualTo("log_unavailable");
                all = false;
            } else {
                recorded.add(result.path("messageId").asString());
            }
        }
        return all;
    }

    private static String message(String id, String agent) {
        return "{\"messageId\":\"%s\",\"agentId\":\"%s\",\"type\":\"broadcast\",\"timestamp\":\"2026-11-23T10:15:30Z\"}"
                .formatted(id, agent);
    }

    private static long count(String id) {
        return side.number("select count(*) from event_log where convert_from(payload, 'UTF8') like '%\"messageId\":\""
                + id + "\"%'");
    }
}
