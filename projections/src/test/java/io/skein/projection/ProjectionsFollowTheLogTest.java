package io.skein.projection;

import static io.skein.projection.LogFixture.START;
import static io.skein.projection.LogFixture.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentRegistered;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.agent.TrustAdjusted;
import io.skein.kernel.alert.AlertEvent;
import io.skein.kernel.alert.Detector;
import io.skein.kernel.alert.EvidenceItem;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.audit.AuditLogEvent;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.AuditLogId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProjectionsFollowTheLogTest {
    private static final NetworkId NETWORK = NetworkId.DEFAULT;
    private static final UserId SKEIN = new UserId("skein");

    private final LogFixture log = new LogFixture();

    private static MessageRecorded said(
            String id,
            String sender,
            List<String> targets,
            MessageType type,
            @Nullable String cause,
            @Nullable Outcome outcome,
            long milli) {
        Instant at = START.plusMillis(milli);
        return new MessageRecorded(message(id, "c", sender, targets, type, cause, "please", outcome, at), at);
    }

    @Test
    void every_table_says_what_a_small_log_says() {
        log.append(List.of(
                new AgentRegistered(NETWORK, new AgentId("a"), START),
                said("1", "a", List.of("b", "b", "c"), MessageType.REQUEST, null, null, 0),
                said("2", "b", List.of("a"), MessageType.RESPONSE, "1", Outcome.OK, 250),
                said("3", "c", List.of("a"), MessageType.RESPONSE, "1", Outcome.ERROR, 750),
                said("4", "d", List.of(), MessageType.BROADCAST, null, null, 1_200),
                said("5", "d", List.of("d"), MessageType.REQUEST, null, null, 1_300),
                new AgentQuarantined(NETWORK, new AgentId("d"), null, "loop", null, SKEIN, START),
                new MessageBlocked(
                        message("6", "c", "d", List.of("z"), MessageType.REQUEST, null, "x", null, START),
                        "SENDER_QUARANTINED",
                        START.plusMillis(1_400)),
                new TrustAdjusted(NETWORK, new AgentId("d"), "t1", 0, 4, "loop", SKEIN, START)));
        try (RunningProjections running = new RunningProjections(log, 3, 4)) {
            running.caughtUp();
            assertThat(
                            log.rows(
                                    "select agent_id, sent, received, errors, good, bad, quarantined, first_position, last_position from agent order by 1"))
                    .containsExactly(
                            "a|1|2|0|9|1|f|1|4", "b|1|1|0|10|1|f|2|3", "c|1|1|1|9|2|f|2|4", "d|3|1|0|9|5|t|5|9");
            assertThat(
                            log.rows(
                                    "select agent_id, sent, received, errors, quarantined, first_position, active_position from causal_node order by 1"))
                    .containsExactly("a|1|2|0|f|2|4", "b|1|1|0|f|2|3", "c|1|1|1|f|2|4", "d|3|1|0|t|5|8");
            assertThat(
                            log.rows(
                                    "select source, target, relationship, messages, errors, strength, quarantine_affected, first_position, active_position, last_position from causal_edge order by 1, 2, 3"))
                    .containsExactly(
                            "a|b|request|1|0|0.5|f|2|2|2",
                            "a|c|request|1|0|0.5|f|2|2|2",
                            "b|a|response|1|0|1|f|3|3|3",
                            "c|a|response|1|1|1|f|4|4|4",
                            "d|d|request|1|0|1|t|6|6|7");
            assertThat(log.rows("select nodes, edges, messages, last_position from causal_count"))
                    .containsExactly("4|5|6|8");
            assertThat(log.rows("select extract(epoch from starts_at)::bigint - " + START.getEpochSecond()
                            + ", messages, requests, responses, broadcasts, errors, blocked, latency_count, latency_p50_millis, latency_p99_millis, last_position"
                            + " from metrics_window where window_seconds = 1 order by 1"))
                    .containsExactly("0|3|1|2|0|1|0|2|250.111|750.079|4", "1|3|2|0|1|0|1|0|null|null|8");
            assertThat(
                            log.rows(
                                    "select window_seconds, messages, latency_count from metrics_window where window_seconds > 1 order by 1"))
                    .containsExactly("10|6|2", "60|6|2", "3600|6|2");
            assertThat(
                            log.rows(
                                    "select position, event_type, agent_id, message_id, conversation_id, summary from audit_entry where position in (2, 8) order by 1"))
                    .containsExactly(
                            "2|MessageRecorded|a|1|c|a sent a request to 3 agents.",
                            "8|MessageBlocked|d|6|c|d sent a request to z; it was blocked (SENDER_QUARANTINED).");
            assertThat(log.rows("select count(*) from audit_entry")).containsExactly("9");
        }
    }

    @Test
    void an_alert_is_raised_grows_and_is_closed() {
        AlertId id = new AlertId("alert-1");
        Detector detector = new Detector("d", "1", new TreeMap<>(Map.of("k", "v")));
        log.append(List.of(
                new AlertEvent.AlertRaised(
                        id,
                        NETWORK,
                        Pattern.ROUTING_LOOP,
                        Severity.WARNING,
                        Grade.FACT,
                        List.of(new AgentId("a"), new AgentId("b")),
                        List.of(new EvidenceItem(new MessageId("m"), 4)),
                        "round",
                        detector,
                        "T4",
                        START),
                new AlertEvent.AlertAcknowledged(id, NETWORK, new UserId("ann"), START),
                new AlertEvent.AlertUpdated(
                        id,
                        NETWORK,
                        Severity.CRITICAL,
                        Grade.FACT,
                        List.of(new AgentId("a"), new AgentId("b"), new AgentId("c")),
                        List.of(),
                        "round again",
                        detector,
                        START),
                new AlertEvent.AlertDismissed(id, NETWORK, new UserId("bob"), "a drill", START)));
        try (RunningProjections running = new RunningProjections(log, 1, 100)) {
            running.caughtUp();
            assertThat(
                            log.rows(
                                    "select alert_id, severity, state, agents, description, raised_position, last_position, changed_by, reason from alert"))
                    .containsExactly("alert-1|critical|dismissed|{a,b,c}|round again|1|4|bob|a drill");
        }
    }

    @Test
    void accesses_acts_checkpoints_and_keys_are_in_the_trail() {
        UserId ada = new UserId("ada");
        log.append(List.of(
                new AuditLogEvent.AuditAccessed(
                        AuditLogId.access(new UUID(0, 1)),
                        NETWORK,
                        ada,
                        "audit.list",
                        new TreeMap<>(),
                        3,
                        7,
                        START,
                        START),
                new AuditLogEvent.ActRecorded(
                        AuditLogId.act(new UUID(0, 2)),
                        null,
                        ada,
                        "projection.pause",
                        "metrics",
                        "too slow",
                        new TreeMap<>(),
                        START),
                new AuditLogEvent.KeyAdopted(
                        AuditLogId.key("0a"), "skein/x", "0a", "skein/x+0a+AQ==", null, null, START),
                new AuditLogEvent.CheckpointSigned(
                        AuditLogId.checkpoint(2, "0a"), "skein/x", 2, "cm9vdA==", "0a", "note", START)));
        try (RunningProjections running = new RunningProjections(log, 1, 100)) {
            running.caughtUp();
            assertThat(
                            log.rows(
                                    "select network_id, event_type, aggregate_type, actor, subject, summary from audit_entry order by position"))
                    .containsExactly(
                            "default|AuditAccessed|AuditLog|ada|audit.list|ada asked audit.list and was given 3 items as of position 7.",
                            "null|ActRecorded|AuditLog|ada|metrics|ada did projection.pause on metrics: too slow",
                            "null|KeyAdopted|AuditLog|skein/x|0a|Checkpoints are signed with key 0a.",
                            "null|CheckpointSigned|AuditLog|skein/x|0a|Key 0a signed the root of the first 2 events.");
            assertThat(log.rows("select position, origin, tree_size, root_hash, key_id, note from audit_checkpoint"))
                    .containsExactly("4|skein/x|2|cm9vdA==|0a|note");
            assertThat(log.rows("select position, origin, key_id, public_key, replaces, vouching from audit_key"))
                    .containsExactly("3|skein/x|0a|skein/x+0a+AQ==|null|null");
        }
    }

    @Test
    void an_event_of_an_unknown_type_is_in_the_trail_and_stops_nobody() {
        log.appendRaw("TeapotBoiled", "default/kettle", "{\"degrees\":99}");
        log.append(List.of(said("1", "a", List.of("b"), MessageType.REQUEST, null, null, 0)));
        try (RunningProjections running = new RunningProjections(log, 10, 100)) {
            running.caughtUp();
            assertThat(log.rows("select event_type, aggregate_id from audit_entry order by position"))
                    .containsExactly("TeapotBoiled|default/kettle", "MessageRecorded|default/a");
            assertThat(log.rows("select count(*) from projection_dead_letter")).containsExactly("0");
        }
    }

    @Test
    void a_faulty_event_is_parked_with_the_later_ones_of_its_agent_and_the_rest_goes_on() {
        log.append(List.of(said("1", "a", List.of("b"), MessageType.REQUEST, null, null, 0)));
        log.appendRaw("MessageRecorded", "default/a", "{\"message\":{\"messageId\":\"x\"}}");
        log.append(List.of(
                said("2", "b", List.of("a"), MessageType.RESPONSE, "1", Outcome.OK, 250),
                said("3", "a", List.of("b"), MessageType.REQUEST, "2", null, 500)));
        try (RunningProjections running = new RunningProjections(log, 10, 100)) {
            running.caughtUp();
            assertThat(
                            log.rows(
                                    "select position, sequence_key, error is null, attempts from projection_dead_letter where projection = 'causal-graph' order by 1"))
                    .containsExactly("2|Agent/default/a|f|2", "4|Agent/default/a|t|0");
            assertThat(log.rows("select source, target, relationship, messages from causal_edge order by 1"))
                    .containsExactly("a|b|request|1", "b|a|response|1");
        }
    }

    @Test
    void a_posted_circle_of_unanswered_requests_proposes_one_alert() {
        log.append(List.of(
                said("1", "A", List.of("B"), MessageType.REQUEST, null, null, 0),
                said("2", "B", List.of("C"), MessageType.REQUEST, "1", null, 1),
                said("3", "C", List.of("A"), MessageType.REQUEST, "2", null, 2)));
        try (RunningProjections running = new RunningProjections(log, 1, 2)) {
            running.caughtUp();
            assertThat(
                            log.rows(
                                    "select type, convert_from(payload, 'UTF8')::jsonb ->> 'agents', position from proposed_command"))
                    .containsExactly("RaiseAlert|[\"A\", \"B\", \"C\"]|3");
        }
    }

    @Test
    void a_rebuild_gives_the_same_rows_as_having_been_there() {
        List<Object> events = RandomEvents.of(new Random(7), 600);
        Map<String, List<String>> live;
        try (RunningProjections running = new RunningProjections(log, 37, 100)) {
            for (int from = 0; from < events.size(); from += 50) {
                log.append(new ArrayList<>(events.subList(from, from + 50)));
                running.caughtUp("metrics");
            }
            running.caughtUp();
            live = tables();
        }
        try (RunningProjections running = new RunningProjections(log, 1_000, 100)) {
            RunningProjections.NAMES.forEach(running.rebuilder::rebuild);
            running.caughtUp();
            tables().forEach((table, rows) -> assertThat(rows).as(table).containsExactlyElementsOf(live.get(table)));
        }
        assertThat(live.get("causal_edge")).isNotEmpty();
        assertThat(live.get("metrics_window")).isNotEmpty();
    }

    private Map<String, List<String>> tables() {
        Map<String, List<String>> tables = new TreeMap<>();
        for (String table : List.of(
                "agent",
                "causal_node",
                "causal_edge",
                "causal_count",
                "alert",
                "metrics_window",
                "audit_entry",
                "routing_reentry")) {
            tables.put(
                    table, log.rows("select * from " + table).stream().sorted().toList());
        }
        tables.put(
                "proposed_command", log.rows("select proposal_id, payload, position from proposed_command order by 1"));
        return tables;
    }
}
