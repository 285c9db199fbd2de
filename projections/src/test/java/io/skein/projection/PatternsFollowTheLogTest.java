package io.skein.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.message.MessageType;
import io.skein.projection.detection.PatternDetector;
import io.skein.projection.detection.Script;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PatternsFollowTheLogTest {
    private final LogFixture log = new LogFixture();

    @Test
    void an_equivocator_is_proposed_once_though_the_detectors_restart_between_its_two_stories() {
        Script script = new Script();
        for (String hearer : List.of("b", "c")) {
            script.say(
                    MessageType.REQUEST,
                    "a",
                    List.of(hearer),
                    "c1",
                    null,
                    "our ceiling",
                    List.of(),
                    Map.of("statement", "{\"key\":\"ceiling\",\"value\":\"" + hearer + "\"}"));
        }
        List<MessageRecorded> said = script.recorded();
        log.append(said.subList(0, 1));
        try (RunningProjections running = new RunningProjections(log, 10, 1)) {
            running.caughtUp("patterns");
            assertThat(log.rows("select count(*) from proposed_command")).containsExactly("0");
            assertThat(log.rows("select name from projection_checkpoint where name like 'patterns/%' order by 1"))
                    .hasSize(11);
        }
        log.append(said.subList(1, 2));
        try (RunningProjections running = new RunningProjections(log, 10, 1)) {
            running.caughtUp("patterns");
            assertThat(
                            log.rows(
                                    "select type, convert_from(payload, 'UTF8')::jsonb ->> 'pattern', convert_from(payload, 'UTF8')::jsonb ->> 'agents', position from proposed_command"))
                    .containsExactly("RaiseAlert|equivocation|[\"a\", \"b\", \"c\"]|2");
        }
    }

    @Test
    void the_state_is_the_same_after_a_live_run_a_replay_and_a_crash_and_a_restart_reads_only_what_came_since() {
        List<Object> events = RandomEvents.of(new Random(11), 2_400);
        log.append(events.subList(0, 1_700));
        Driver driver = new Driver(log);
        PatternDetector live = (PatternDetector) driver.fresh("patterns");
        driver.run(live, 0, 1_700, 90, new Random(1));
        log.append(events.subList(1_700, 2_400));

        PatternDetector recovered = (PatternDetector) driver.fresh("patterns");
        long checkpoint =
                Long.parseLong(log.rows("select min(position) from projection_checkpoint where name like 'patterns/%'")
                        .getFirst());
        assertThat(checkpoint).isBetween(1_000L, 1_700L);
        // What was before the checkpoint is not needed any more.
        log.execute("set session_replication_role = replica; delete from event_log where position < " + checkpoint);
        driver.run(recovered, 1_700, 2_400, 70, new Random(2));
        Map<String, String> digests = recovered.digests();

        LogFixture again = new LogFixture();
        again.append(events);
        Driver whole = new Driver(again);
        PatternDetector replayed = (PatternDetector) whole.fresh("patterns");
        whole.run(replayed, 0, 2_400, 2_400, new Random(3));
        assertThat(digests).hasSize(11).isEqualTo(replayed.digests());

        driver.run(live, 1_700, 2_400, 30, new Random(4));
        assertThat(live.digests()).isEqualTo(digests);
    }
}
