package io.skein.command.intervention;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.command.RunningCommandSide;
import io.skein.command.SharedKafka;
import io.skein.eventlog.KernelJson;
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
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ProposalsTest {
    private static RunningCommandSide side;

    @BeforeAll
    static void start() {
        side = RunningCommandSide.start(Map.of());
    }

    @AfterAll
    static void stop() {
        side.close();
    }

    static RaiseAlert loop(String id, int messages) {
        return new RaiseAlert(
                new AlertId(id),
                NetworkId.DEFAULT,
                Pattern.ROUTING_LOOP,
                Severity.WARNING,
                Grade.FACT,
                List.of(new AgentId("a"), new AgentId("b")),
                java.util.stream.IntStream.rangeClosed(1, messages)
                        .mapToObj(i -> new EvidenceItem(new MessageId("m" + i), i))
                        .toList(),
                "a and b wait for one another",
                new Detector("open-request-chain", "1", new TreeMap<>(Map.of("k", "v"))),
                "");
    }

    private static void propose(String type, byte[] payload, long position) throws SQLException {
        try (Connection connection = side.database().owner().getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into proposed_command (proposal_id, network_id, type, payload, position) values (?, 'default', ?, ?, ?)")) {
            insert.setObject(1, UUID.randomUUID());
            insert.setString(2, type);
            insert.setBytes(3, payload);
            insert.setLong(4, position);
            insert.executeUpdate();
        }
    }

    private static byte[] json(RaiseAlert alert) {
        return KernelJson.mapper().writeValueAsBytes(alert);
    }

    @Test
    void proposals_become_alerts_once_grow_and_faulty_ones_are_set_aside() throws SQLException {
        propose("RaiseAlert", json(loop("alert-1", 2)), 1);
        propose("RaiseAlert", json(loop("alert-1", 2)), 2);
        propose("RaiseAlert", new byte[] {'n', 'o'}, 3);
        propose("Unheard", json(loop("alert-2", 2)), 4);
        propose("RaiseAlert", json(loop("alert-1", 3)), 5);
        SharedKafka.eventually(Duration.ofSeconds(20), () -> side.number("select count(*) from proposed_command") == 0);
        assertThat(side.number("select count(*) from event_log where aggregate_id = 'alert-1'"))
                .isEqualTo(2);
        assertThat(side.number("select count(*) from dead_letter where door = 'proposals'"))
                .isEqualTo(2);

        assertThat(side.post("/v1/alerts/alert-1/acknowledge", "").status()).isEqualTo(200);
        assertThat(side.post("/v1/alerts/alert-1/resolve", "{\"reason\": \"dealt with\"}")
                        .status())
                .isEqualTo(200);
        assertThat(side.post("/v1/alerts/alert-1/dismiss", "{\"reason\": \"no\"}")
                        .status())
                .isEqualTo(409);
    }
}
