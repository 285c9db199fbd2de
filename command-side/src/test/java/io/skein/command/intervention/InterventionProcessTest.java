package io.skein.command.intervention;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.command.RunningCommandSide;
import io.skein.command.SharedKafka;
import io.skein.command.bus.Commands;
import io.skein.embedded.TestDatabase;
import io.skein.kernel.alert.AlertCommand.RaiseAlert;
import io.skein.kernel.alert.Detector;
import io.skein.kernel.alert.EvidenceItem;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** On a real log: from the alert to the blocked message and the end of the quarantine, and over a restart. */
class InterventionProcessTest {
    private static final String COUNT =
            "select count(*) from event_log e join log_name n on n.id = e.payload_type where n.name = ";

    private static void alert(RunningCommandSide side, String id, Pattern pattern, String... agents) {
        side.bean(Commands.class)
                .send(new RaiseAlert(
                        new AlertId(id),
                        NetworkId.DEFAULT,
                        pattern,
                        Severity.CRITICAL,
                        Grade.FACT,
                        Arrays.stream(agents).map(AgentId::new).toList(),
                        List.of(new EvidenceItem(new MessageId("m-1"), 2)),
                        "said two things",
                        new Detector("test", "1", new TreeMap<>()),
                        ""));
    }

    private static String send(RunningCommandSide side, String id, String from, String to) {
        return side.post("/v1/messages", """
                        {"messageId":"%s","agentId":"%s","targetAgents":["%s"],"type":"request","timestamp":"2026-11-23T10:00:00Z"}""".formatted(id, from, to))
                .body()
                .path("status")
                .asString();
    }

    private static long count(RunningCommandSide side, String type) {
        return side.number(COUNT + "'" + type + "'");
    }

    @Test
    void the_guilty_one_is_blocked_nobody_reaches_it_and_it_goes_free_in_time_also_across_a_restart() throws Exception {
        TestDatabase database;
        Map<String, Object> settings = Map.of("skein.policy.quarantine.duration", "3s");
        try (RunningCommandSide side = RunningCommandSide.start(settings)) {
            database = side.database();
            assertThat(send(side, "m-1", "liar", "other")).isEqualTo("recorded");
            alert(side, "a-1", Pattern.EQUIVOCATION, "liar", "other");
            SharedKafka.eventually(Duration.ofSeconds(10), () -> count(side, "AgentQuarantined") == 1);
            assertThat(send(side, "m-2", "liar", "other")).isEqualTo("blocked");
            SharedKafka.eventually(
                    Duration.ofSeconds(2),
                    () -> send(side, "m-" + System.nanoTime(), "other", "liar").equals("blocked"));
            assertThat(side.number(
                            COUNT + "'MessageBlocked' and convert_from(payload, 'UTF8') like '%TARGETS_QUARANTINED%'"))
                    .isEqualTo(1);
            // Nobody speaks, yet the log tells the end.
            SharedKafka.eventually(Duration.ofSeconds(10), () -> count(side, "AgentReleased") == 1);
            assertThat(send(side, "m-3", "liar", "other")).isEqualTo("recorded");
            SharedKafka.eventually(
                    Duration.ofSeconds(2),
                    () -> send(side, "n-" + System.nanoTime(), "other", "liar").equals("recorded"));
            alert(side, "a-2", Pattern.REPLAY, "third");
            SharedKafka.eventually(Duration.ofSeconds(10), () -> count(side, "AgentQuarantined") == 2);
            assertThat(send(side, "m-4", "third", "other")).isEqualTo("blocked");
        }
        Thread.sleep(3_000);
        try (RunningCommandSide again = RunningCommandSide.on(database, settings)) {
            // It ran out while nobody was there to say so.
            SharedKafka.eventually(Duration.ofSeconds(10), () -> count(again, "AgentReleased") == 2);
            InterventionProcess process = again.bean(InterventionProcess.class);
            SharedKafka.eventually(
                    Duration.ofSeconds(10),
                    () -> process.position() == again.number("select max(position) from event_log"));
            assertThat(send(again, "m-5", "third", "other")).isEqualTo("recorded");
            assertThat(count(again, "AgentQuarantined")).isEqualTo(2);
            assertThat(count(again, "InterventionDecided")).isEqualTo(2);
        }
    }
}
