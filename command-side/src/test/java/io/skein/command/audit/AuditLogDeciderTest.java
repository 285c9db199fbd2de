package io.skein.command.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.command.decision.Decision;
import io.skein.kernel.audit.AuditLogCommand;
import io.skein.kernel.audit.AuditLogCommand.AdoptKey;
import io.skein.kernel.audit.AuditLogCommand.RecordAccess;
import io.skein.kernel.audit.AuditLogCommand.RecordAct;
import io.skein.kernel.audit.AuditLogCommand.SignCheckpoint;
import io.skein.kernel.audit.AuditLogEvent;
import io.skein.kernel.audit.AuditLogEvent.ActRecorded;
import io.skein.kernel.audit.AuditLogEvent.AuditAccessed;
import io.skein.kernel.audit.AuditLogEvent.CheckpointSigned;
import io.skein.kernel.audit.AuditLogEvent.KeyAdopted;
import io.skein.kernel.id.AuditLogId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import io.skein.kernel.problem.Reason;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.axonframework.test.aggregate.AggregateTestFixture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AuditLogDeciderTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(60);
    private static final UserId ADA = new UserId("ada");
    private static final NetworkId NETWORK = new NetworkId("acme");

    private static final RecordAccess ACCESS = new RecordAccess(
            AuditLogId.access(new UUID(0, 1)),
            NETWORK,
            ADA,
            "audit.list",
            new TreeMap<>(Map.of("agent", "buyer")),
            100,
            4_120,
            NOW);
    private static final AuditAccessed ACCESSED = new AuditAccessed(
            ACCESS.auditLogId(), NETWORK, ADA, "audit.list", ACCESS.parameters(), 100, 4_120, NOW, LATER);
    private static final RecordAct ACT = act("a test message", Map.of("door", "http"));
    private static final ActRecorded ACTED = new ActRecorded(
            ACT.auditLogId(),
            null,
            ADA,
            "dead_letter.discard",
            "dead letter 17",
            "a test message",
            ACT.details(),
            LATER);
    private static final SignCheckpoint SIGN = sign("cm9vdA==");
    private static final CheckpointSigned SIGNED =
            new CheckpointSigned(SIGN.auditLogId(), "skein/x", 4_120, "cm9vdA==", "0a0b0c0d", "note", LATER);
    private static final AdoptKey ADOPT =
            new AdoptKey(AuditLogId.key("0a0b0c0d"), "skein/x", "0a0b0c0d", "skein/x+0a0b0c0d+AQ==", null, null);
    private static final KeyAdopted ADOPTED =
            new KeyAdopted(ADOPT.auditLogId(), "skein/x", "0a0b0c0d", "skein/x+0a0b0c0d+AQ==", null, null, LATER);

    private static RecordAct act(String reason, Map<String, String> details) {
        return new RecordAct(
                AuditLogId.act(new UUID(0, 2)),
                null,
                ADA,
                "dead_letter.discard",
                "dead letter 17",
                reason,
                new TreeMap<>(details));
    }

    private static SignCheckpoint sign(String root) {
        return new SignCheckpoint(AuditLogId.checkpoint(4_120, "0a0b0c0d"), "skein/x", 4_120, root, "0a0b0c0d", "note");
    }

    private static void expect(@Nullable AuditLogEvent given, AuditLogCommand when, AuditLogEvent... then) {
        assertThat(AuditLogDecider.decide(given, when, LATER)).isEqualTo(new Decision.Accepted<>(List.of(then)));
    }

    private static void expectRefused(@Nullable AuditLogEvent given, AuditLogCommand when, Reason reason) {
        assertThat(AuditLogDecider.decide(given, when, LATER))
                .isInstanceOfSatisfying(
                        Decision.Refused.class,
                        refused -> assertThat(refused.refusal().reason()).isEqualTo(reason));
    }

    @Test
    void the_same_fact_again_changes_nothing() {
        expect(null, ACCESS, ACCESSED);
        expect(ACCESSED, ACCESS);
        expect(null, ACT, ACTED);
        expect(ACTED, ACT);
        expect(null, SIGN, SIGNED);
        expect(SIGNED, SIGN);
        expect(null, ADOPT, ADOPTED);
        expect(ADOPTED, ADOPT);
    }

    @Test
    void one_key_never_signs_two_roots_for_one_size() {
        expectRefused(SIGNED, sign("b3RoZXI="), Reason.ID_REUSED);
    }

    @Test
    void one_id_never_stands_for_two_acts() {
        expectRefused(ACTED, act("another reason", Map.of()), Reason.ID_REUSED);
        expectRefused(ACCESSED, ACT, Reason.ID_REUSED);
    }

    @Test
    void what_would_swell_the_log_is_refused() {
        String most = "x".repeat(AuditLogCommand.MAX_CHARACTERS);
        assertThat(AuditLogDecider.decide(null, act(most, Map.of("k", most)), NOW))
                .isInstanceOf(Decision.Accepted.class);
        expectRefused(null, act(most + "x", Map.of()), Reason.TOO_LARGE);
        expectRefused(null, act("", Map.of("k", most + "x")), Reason.TOO_LARGE);
        expectRefused(
                null,
                act(
                        "",
                        IntStream.rangeClosed(0, AuditLogCommand.MAX_ENTRIES)
                                .mapToObj(Integer::toString)
                                .collect(Collectors.toMap(key -> key, key -> ""))),
                Reason.TOO_LARGE);
    }

    @Test
    void every_command_finds_its_handler() {
        fixture().givenNoPriorActivity().when(ACCESS).expectEvents(ACCESSED);
        fixture().givenNoPriorActivity().when(ACT).expectEvents(ACTED);
        fixture().givenNoPriorActivity().when(SIGN).expectEvents(SIGNED);
        fixture().givenNoPriorActivity().when(ADOPT).expectEvents(ADOPTED);
        fixture().given(SIGNED).when(SIGN).expectNoEvents();
    }

    private static AggregateTestFixture<AuditLog> fixture() {
        AggregateTestFixture<AuditLog> fixture = new AggregateTestFixture<>(AuditLog.class);
        fixture.registerInjectableResource(Clock.fixed(LATER, ZoneOffset.UTC));
        return fixture;
    }
}
