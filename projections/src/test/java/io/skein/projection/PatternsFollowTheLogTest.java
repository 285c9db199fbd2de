package io.skein.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.message.MessageType;
import io.skein.projection.detection.Script;
import java.util.List;
import java.util.Map;
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
                    .hasSize(7);
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
}
