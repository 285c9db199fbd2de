package io.skein.command.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.command.decision.Decision;
import io.skein.kernel.alert.AlertCommand;
import io.skein.kernel.alert.AlertCommand.AcknowledgeAlert;
import io.skein.kernel.alert.AlertCommand.DismissAlert;
import io.skein.kernel.alert.AlertCommand.RaiseAlert;
import io.skein.kernel.alert.AlertCommand.ResolveAlert;
import io.skein.kernel.alert.AlertEvent;
import io.skein.kernel.alert.AlertEvent.AlertAcknowledged;
import io.skein.kernel.alert.AlertEvent.AlertDismissed;
import io.skein.kernel.alert.AlertEvent.AlertRaised;
import io.skein.kernel.alert.AlertEvent.AlertResolved;
import io.skein.kernel.alert.AlertEvent.AlertUpdated;
import io.skein.kernel.alert.Detector;
import io.skein.kernel.alert.EvidenceItem;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import io.skein.kernel.problem.Reason;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.axonframework.test.aggregate.AggregateTestFixture;
import org.junit.jupiter.api.Test;

class AlertDeciderTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final AlertId ID = new AlertId("loop-1");
    private static final NetworkId NETWORK = new NetworkId("acme");
    private static final UserId OPERATOR = new UserId("olga");
    private static final Detector DETECTOR = new Detector("open-request-chain", "1", new TreeMap<>());

    private static final AlertAcknowledged ACKNOWLEDGED = new AlertAcknowledged(ID, NETWORK, OPERATOR, NOW);
    private static final AlertResolved RESOLVED = new AlertResolved(ID, NETWORK, OPERATOR, "dealt with", NOW);
    private static final AlertDismissed DISMISSED = new AlertDismissed(ID, NETWORK, OPERATOR, "harmless", NOW);

    private static RaiseAlert raise(Severity severity, Grade grade, List<String> agents, int evidence) {
        return new RaiseAlert(
                ID,
                NETWORK,
                Pattern.ROUTING_LOOP,
                severity,
                grade,
                agents.stream().map(AgentId::new).toList(),
                IntStream.rangeClosed(1, evidence)
                        .mapToObj(i -> new EvidenceItem(new MessageId("m-" + i), i))
                        .toList(),
                "they wait for one another",
                DETECTOR,
                "");
    }

    private static AlertRaised raised(RaiseAlert raise) {
        return new AlertRaised(
                raise.alertId(),
                raise.networkId(),
                raise.pattern(),
                raise.severity(),
                raise.grade(),
                raise.agents(),
                raise.evidence(),
                raise.description(),
                raise.detector(),
                raise.owasp(),
                NOW);
    }

    private static AlertUpdated updated(RaiseAlert raise) {
        return new AlertUpdated(
                raise.alertId(),
                raise.networkId(),
                raise.severity(),
                raise.grade(),
                raise.agents(),
                raise.evidence(),
                raise.description(),
                raise.detector(),
                NOW);
    }

    private static final RaiseAlert RAISE = raise(Severity.WARNING, Grade.FINDING, List.of("a", "b"), 2);

    private static AlertFile given(AlertEvent... events) {
        AlertFile file = new AlertFile.Unknown();
        for (AlertEvent event : events) {
            file = AlertDecider.evolve(file, event);
        }
        return file;
    }

    private static void expect(AlertFile given, AlertCommand when, AlertEvent... then) {
        assertThat(AlertDecider.decide(given, when, NOW)).isEqualTo(new Decision.Accepted<>(List.of(then)));
    }

    private static void expectRefused(AlertFile given, AlertCommand when, Reason reason) {
        assertThat(AlertDecider.decide(given, when, NOW))
                .isInstanceOfSatisfying(
                        Decision.Refused.class,
                        refused -> assertThat(refused.refusal().reason()).isEqualTo(reason));
    }

    @Test
    void raising_twice_changes_nothing() {
        expect(given(), RAISE, raised(RAISE));
        expect(given(raised(RAISE)), RAISE);
        expect(given(raised(RAISE)), raise(Severity.INFO, Grade.SUSPICION, List.of("b"), 1));
    }

    @Test
    void growth_updates_it_and_never_weakens_it() {
        AlertFile file = given(raised(RAISE), ACKNOWLEDGED);
        Stream.of(
                        raise(Severity.CRITICAL, Grade.FINDING, List.of("a", "b"), 2),
                        raise(Severity.WARNING, Grade.FACT, List.of("a", "b"), 2),
                        raise(Severity.WARNING, Grade.FINDING, List.of("a", "b", "c"), 2),
                        raise(Severity.WARNING, Grade.FINDING, List.of("a", "b"), 3))
                .forEach(growth -> {
                    expect(file, growth, updated(growth));
                    expect(AlertDecider.evolve(file, updated(growth)), growth);
                    expect(AlertDecider.evolve(file, updated(growth)), RAISE);
                    expect(AlertDecider.evolve(file, raised(growth)), growth);
                });
        expect(
                file,
                raise(Severity.INFO, Grade.SUSPICION, List.of("c"), 1),
                updated(raise(Severity.WARNING, Grade.FINDING, List.of("a", "b", "c"), 1)));
    }

    @Test
    void a_pattern_that_ends_resolves_its_alert_unless_somebody_closed_it_before() {
        ResolveAlert over = new ResolveAlert(ID, UserId.SKEIN, "the pattern ended: nothing more for 60 s");
        expect(
                given(raised(RAISE), ACKNOWLEDGED),
                over,
                new AlertResolved(ID, RAISE.networkId(), UserId.SKEIN, over.reason(), NOW));
        expect(given(raised(RAISE), RESOLVED), over);
        expect(given(raised(RAISE), DISMISSED), over);
    }

    @Test
    void a_closed_alert_stays_closed() {
        for (AlertEvent closing : List.of(RESOLVED, DISMISSED)) {
            AlertFile closed = given(raised(RAISE), closing);
            expect(closed, raise(Severity.EMERGENCY, Grade.FACT, List.of("x"), 9));
            expectRefused(closed, new AcknowledgeAlert(ID, OPERATOR), Reason.NOT_ALLOWED_NOW);
            expectRefused(closed, new ResolveAlert(ID, OPERATOR, "dealt with"), Reason.NOT_ALLOWED_NOW);
            expectRefused(closed, new DismissAlert(ID, OPERATOR, "harmless"), Reason.NOT_ALLOWED_NOW);
        }
    }

    @Test
    void an_open_alert_is_acknowledged_once_resolved_or_dismissed() {
        AlertFile open = given(raised(RAISE));
        expect(open, new AcknowledgeAlert(ID, OPERATOR), ACKNOWLEDGED);
        expect(given(raised(RAISE), ACKNOWLEDGED), new AcknowledgeAlert(ID, OPERATOR));
        expect(open, new ResolveAlert(ID, OPERATOR, "dealt with"), RESOLVED);
        expect(given(raised(RAISE), ACKNOWLEDGED), new DismissAlert(ID, OPERATOR, "harmless"), DISMISSED);
    }

    @Test
    void what_was_never_raised_cannot_be_dealt_with() {
        expectRefused(given(), new AcknowledgeAlert(ID, OPERATOR), Reason.NOT_FOUND);
        expectRefused(given(), new ResolveAlert(ID, OPERATOR, "dealt with"), Reason.NOT_FOUND);
        expectRefused(given(), new DismissAlert(ID, OPERATOR, "harmless"), Reason.NOT_FOUND);
    }

    @Test
    void every_command_finds_its_handler() {
        AggregateTestFixture<Alert> fixture = new AggregateTestFixture<>(Alert.class);
        fixture.registerInjectableResource(Clock.fixed(NOW, ZoneOffset.UTC));
        fixture.givenNoPriorActivity().when(RAISE).expectEvents(raised(RAISE));
        fixture.given(raised(RAISE)).when(new AcknowledgeAlert(ID, OPERATOR)).expectEvents(ACKNOWLEDGED);
        fixture.given(raised(RAISE))
                .when(new ResolveAlert(ID, OPERATOR, "dealt with"))
                .expectEvents(RESOLVED);
        fixture.given(raised(RAISE))
                .when(new DismissAlert(ID, OPERATOR, "harmless"))
                .expectEvents(DISMISSED);
    }
}
