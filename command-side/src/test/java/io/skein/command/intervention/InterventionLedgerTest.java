package io.skein.command.intervention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentRegistered;
import io.skein.kernel.agent.AgentReleased;
import io.skein.kernel.agent.Intervene;
import io.skein.kernel.agent.InterventionDecided;
import io.skein.kernel.agent.TrustAdjusted;
import io.skein.kernel.alert.AlertCommand.RaiseAlert;
import io.skein.kernel.alert.AlertCommand.ResolveAlert;
import io.skein.kernel.alert.AlertEvent.AlertDismissed;
import io.skein.kernel.alert.AlertEvent.AlertRaised;
import io.skein.kernel.alert.AlertEvent.AlertUpdated;
import io.skein.kernel.alert.Detector;
import io.skein.kernel.alert.EvidenceItem;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AgentKey;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import io.skein.kernel.message.Outcome;
import io.skein.kernel.policy.PolicyChanged;
import io.skein.kernel.policy.PolicyRules;
import io.skein.kernel.policy.QuarantineRules;
import io.skein.kernel.policy.TrustRules;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class InterventionLedgerTest {
    private static final NetworkId ACME = new NetworkId("acme");
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

    private final Map<Long, AgentKey> senders = new HashMap<>();
    private final List<Object[]> log = new ArrayList<>();
    private InterventionLedger ledger = new InterventionLedger(senders::get);
    private long position;
    private Instant now = START;

    private void event(Object event) {
        position++;
        log.add(new Object[] {position, now, event});
        ledger.on(position, now, event);
    }

    private long said(String agent) {
        position++;
        senders.put(position, key(agent));
        return position;
    }

    private void heard(String agent, Outcome outcome) {
        said(agent);
        position--;
        event(new Heard(key(agent), new MessageId("m" + position), outcome, null));
    }

    private void registered(int agents) {
        for (int i = 0; i < agents; i++) {
            event(new AgentRegistered(ACME, new AgentId("agent-" + i), now));
        }
    }

    private void alert(String id, Pattern pattern, Severity severity, Grade grade, long evidence, String... agents) {
        event(new AlertRaised(
                new AlertId(id),
                ACME,
                pattern,
                severity,
                grade,
                java.util.Arrays.stream(agents).map(AgentId::new).toList(),
                List.of(new EvidenceItem(new MessageId("m" + evidence), evidence)),
                "d",
                new Detector("detector-of-" + pattern, "1", new TreeMap<>()),
                "",
                now));
    }

    private void grown(String id, Severity severity, Grade grade, long evidence, String... agents) {
        event(new AlertUpdated(
                new AlertId(id),
                ACME,
                severity,
                grade,
                java.util.Arrays.stream(agents).map(AgentId::new).toList(),
                List.of(new EvidenceItem(new MessageId("m" + evidence), evidence)),
                "d",
                new Detector("d", "1", new TreeMap<>()),
                now));
    }

    private void policy(boolean dryRun, double scoreBelow, int maxAgents, double holdOut) {
        event(new PolicyChanged(
                ACME,
                1,
                new PolicyRules(
                        TrustRules.BUILT_IN,
                        PolicyRules.BUILT_IN.conflict(),
                        new QuarantineRules(
                                true, dryRun, scoreBelow, true, 2, 2, 3_600, 900, maxAgents, 0.1, holdOut, 5, 3),
                        new TreeMap<>()),
                "",
                new UserId("olga"),
                now));
    }

    private List<Intervene> intended() {
        return ledger.commands().values().stream()
                .filter(Intervene.class::isInstance)
                .map(Intervene.class::cast)
                .toList();
    }

    /** What the agent's record would answer. */
    private void carryOut() {
        for (Intervene command : intended()) {
            event(new InterventionDecided(
                    ACME,
                    command.agent().agentId(),
                    command.interventionId(),
                    command.outcome(),
                    command.withheld(),
                    command.rule(),
                    command.cause(),
                    command.evidence(),
                    command.score(),
                    command.until(),
                    command.policyVersion(),
                    command.decidedFrom(),
                    command.reason(),
                    now));
            if (command.withheld() == null) {
                event(new AgentQuarantined(
                        ACME,
                        command.agent().agentId(),
                        command.until(),
                        command.reason(),
                        command.cause(),
                        UserId.SKEIN,
                        now));
            }
        }
    }

    private void released(String agent) {
        event(new AgentReleased(ACME, new AgentId(agent), "", UserId.SKEIN, now));
    }

    private static AgentKey key(String agent) {
        return new AgentKey(ACME, new AgentId(agent));
    }

    @Test
    void a_critical_fact_sends_its_first_agent_into_quarantine_and_nobody_whom_it_only_names() {
        alert("a", Pattern.EQUIVOCATION, Severity.CRITICAL, Grade.FACT, said("liar"), "liar", "victim", "auditor");
        assertThat(intended()).singleElement().satisfies(made -> {
            assertThat(made.agent()).isEqualTo(key("liar"));
            assertThat(made.until()).isEqualTo(START.plusSeconds(900));
            assertThat(made.score()).isEqualTo(50);
        });
        assertThat(ledger.belief(key("victim")).ownBad()).isZero();
        carryOut();
        assertThat(ledger.commands()).isEmpty();
    }

    @Test
    void a_finding_is_never_enough_alone_whatever_its_severity_but_two_detectors_are() {
        alert("a", Pattern.HOARDING, Severity.CRITICAL, Grade.FINDING, said("x"), "x");
        assertThat(intended()).isEmpty();
        alert("b", Pattern.PROTOCOL_VIOLATION, Severity.WARNING, Grade.FACT, said("y"), "y", "x");
        assertThat(intended()).isEmpty();
        alert("c", Pattern.PROTOCOL_VIOLATION, Severity.INFO, Grade.SUSPICION, said("x"), "x");
        assertThat(intended()).isEmpty();
        alert("d", Pattern.PROTOCOL_VIOLATION, Severity.WARNING, Grade.FACT, said("x"), "x");
        assertThat(intended())
                .singleElement()
                .satisfies(made -> assertThat(made.agent()).isEqualTo(key("x")));
    }

    @Test
    void a_warning_that_goes_on_is_enough_and_a_network_that_multiplies_messages_accuses_nobody() {
        alert("a", Pattern.HOARDING, Severity.WARNING, Grade.FINDING, said("x"), "x");
        assertThat(intended()).isEmpty();
        grown("a", Severity.WARNING, Grade.FINDING, said("x"), "x");
        assertThat(intended()).hasSize(1);
        alert("b", Pattern.CASCADE, Severity.WARNING, Grade.FINDING, said("relay"), "relay");
        grown("b", Severity.WARNING, Grade.FINDING, said("relay"), "relay");
        grown("b", Severity.WARNING, Grade.FINDING, said("relay"), "relay");
        assertThat(intended()).hasSize(1);
        assertThat(ledger.belief(key("relay")).ownBad()).isZero();
        alert("c", Pattern.PROTOCOL_VIOLATION, Severity.WARNING, Grade.FACT, said("careless"), "careless");
        grown("c", Severity.WARNING, Grade.FACT, said("careless"), "careless");
        assertThat(intended()).as("a fact that is no more than a warning").hasSize(1);
    }

    @Test
    void of_those_who_did_the_same_the_one_trusted_least_goes_and_one_is_enough() {
        for (int i = 0; i < 30; i++) {
            heard("a", Outcome.OK);
            heard("c", Outcome.OK);
        }
        alert("d", Pattern.DEADLOCK, Severity.CRITICAL, Grade.FACT, said("a"), "a", "b", "c");
        assertThat(intended())
                .singleElement()
                .satisfies(made -> assertThat(made.agent()).isEqualTo(key("b")));
        carryOut();
        grown("d", Severity.CRITICAL, Grade.FACT, said("a"), "a", "b", "c");
        assertThat(intended()).isEmpty();
    }

    @Test
    void a_quarantine_is_renewed_while_its_alert_shows_something_new() {
        alert("d", Pattern.DEADLOCK, Severity.CRITICAL, Grade.FACT, said("a"), "a", "b");
        carryOut();
        now = START.plusSeconds(100);
        grown("d", Severity.CRITICAL, Grade.FACT, said("b"), "a", "b");
        assertThat(intended()).as("longer by too little").isEmpty();
        now = START.plusSeconds(600);
        grown("d", Severity.CRITICAL, Grade.FACT, 1, "a", "b");
        assertThat(intended()).as("nothing new").isEmpty();
        grown("d", Severity.CRITICAL, Grade.FACT, said("b"), "a", "b");
        assertThat(intended()).singleElement().satisfies(made -> {
            assertThat(made.outcome()).isEqualTo(io.skein.kernel.intervention.Outcome.RENEWED);
            assertThat(made.until()).isEqualTo(now.plusSeconds(900));
        });
    }

    @Test
    void after_release_only_what_the_agent_itself_did_since_counts() {
        alert("a", Pattern.CASCADE, Severity.CRITICAL, Grade.FACT, said("root"), "root", "relay");
        carryOut();
        now = now.plusSeconds(900);
        released("root");
        grown("a", Severity.CRITICAL, Grade.FACT, said("relay"), "root", "relay");
        assertThat(intended()).as("others pass it on").isEmpty();
        grown("a", Severity.CRITICAL, Grade.FACT, said("root"), "root", "relay");
        assertThat(intended()).as("it does it again").hasSize(1);
    }

    @Test
    void a_low_score_leads_to_one_decision_and_to_the_next_only_with_new_bad_evidence() {
        for (int i = 0; i < 20; i++) {
            heard("x", Outcome.ERROR);
        }
        assertThat(intended()).as("30 is not below 30").isEmpty();
        heard("x", Outcome.TIMEOUT);
        assertThat(intended())
                .singleElement()
                .satisfies(made -> assertThat(made.score()).isEqualTo(29.032));
        carryOut();
        released("x");
        for (int i = 0; i < 4; i++) {
            heard("x", Outcome.ERROR);
        }
        assertThat(intended()).isEmpty();
        heard("x", Outcome.ERROR);
        assertThat(intended()).hasSize(1);
    }

    @Test
    void the_budget_is_five_or_a_tenth_of_the_network_and_counts_what_is_decided() {
        registered(59);
        for (int i = 0; i < 6; i++) {
            alert("a" + i, Pattern.REPLAY, Severity.CRITICAL, Grade.FACT, said("x" + i), "x" + i);
        }
        assertThat(intended()).hasSize(6);
        assertThat(intended().subList(0, 5))
                .allSatisfy(made -> assertThat(made.withheld()).isNull());
        assertThat(intended().get(5).withheld()).isEqualTo(io.skein.kernel.intervention.Withheld.BUDGET);
        registered(1);
        grown("a5", Severity.CRITICAL, Grade.FACT, said("x5"), "x5");
        assertThat(intended().getLast().withheld()).isNull();
    }

    @Test
    void a_dry_run_and_the_lot_withhold_and_say_so_once() {
        policy(true, 30, 5, 0);
        alert("a", Pattern.REPLAY, Severity.CRITICAL, Grade.FACT, said("x"), "x");
        carryOut();
        grown("a", Severity.CRITICAL, Grade.FACT, said("x"), "x");
        assertThat(log.stream().map(entry -> entry[2]).filter(InterventionDecided.class::isInstance))
                .hasSize(1);
        assertThat(ledger.commands()).isEmpty();
        policy(false, 30, 10_000, 0.25);
        int heldOut = 0;
        for (int i = 0; i < 400; i++) {
            alert("b" + i, Pattern.REPLAY, Severity.CRITICAL, Grade.FACT, said("y" + i), "y" + i);
            heldOut += intended().getLast().withheld() == io.skein.kernel.intervention.Withheld.HOLD_OUT ? 1 : 0;
        }
        assertThat(heldOut).isBetween(70, 130);
    }

    @Test
    void a_dismissed_alert_gives_back_what_is_left_of_its_weight_and_sets_free() {
        alert("a", Pattern.REPLAY, Severity.WARNING, Grade.FACT, said("x"), "x");
        now = now.plusSeconds(7 * 24 * 3_600);
        grown("a", Severity.CRITICAL, Grade.FACT, said("x"), "x");
        assertThat(ledger.belief(key("x")).ownBad()).isEqualTo(2 + 4, within(1e-12));
        carryOut();
        heard("x", Outcome.ERROR);
        now = now.plusSeconds(7 * 24 * 3_600);
        event(new AlertDismissed(new AlertId("a"), ACME, new UserId("olga"), "it was a test", now));
        assertThat(ledger.belief(key("x")).ownBad()).isEqualTo(0.5, within(1e-12));
        assertThat(ledger.commands()).containsOnlyKeys("release:acme/x");
    }

    @Test
    void three_in_quarantine_at_once_are_an_emergency_until_they_are_fewer() {
        for (String agent : List.of("x", "y", "z")) {
            assertThat(ledger.commands()).isEmpty();
            event(new AgentQuarantined(ACME, new AgentId(agent), null, "", null, new UserId("olga"), now));
        }
        assertThat(ledger.commands().values()).singleElement().isInstanceOfSatisfying(RaiseAlert.class, alert -> {
            assertThat(alert.severity()).isEqualTo(Severity.EMERGENCY);
            assertThat(alert.description()).isEqualTo("3 agents are in quarantine at once: x, y, z.");
        });
        ledger.sent(ledger.commands().keySet().iterator().next());
        released("y");
        assertThat(ledger.commands().values()).singleElement().isInstanceOf(ResolveAlert.class);
    }

    @Test
    void a_manual_adjustment_counts_and_a_quarantine_by_hand_is_not_renewed() {
        event(new TrustAdjusted(ACME, new AgentId("x"), "1", 0, 30, "", new UserId("olga"), now));
        assertThat(intended()).hasSize(1);
        alert("a", Pattern.REPLAY, Severity.CRITICAL, Grade.FACT, said("y"), "y");
        event(new AgentQuarantined(ACME, new AgentId("z"), now.plusSeconds(5), "", null, new UserId("olga"), now));
        now = now.plusSeconds(4);
        alert("b", Pattern.REPLAY, Severity.CRITICAL, Grade.FACT, said("z"), "z");
        assertThat(intended()).hasSize(2);
        assertThat(ledger.ranOutAt(now)).isEmpty();
        assertThat(ledger.nextEnd()).isEqualTo(START.plusSeconds(5));
        assertThat(ledger.ranOutAt(now.plusSeconds(1))).containsExactly(key("z"));
    }

    /** Whatever happened: reading the log again, in one go or with a save in between, decides the same and has nothing left to send. */
    @Property(tries = 200)
    void a_second_reading_of_the_log_intervenes_no_second_time(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 0, max = 999) Integer> choices,
            @ForAll @IntRange(min = 0, max = 80) int cut)
            throws IOException {
        InterventionLedgerTest run = new InterventionLedgerTest();
        Severity[] severities = Severity.values();
        Grade[] grades = Grade.values();
        for (int choice : choices) {
            String agent = "x" + choice / 10 % 4;
            run.now = run.now.plusSeconds(choice % 7 * 60);
            switch (choice % 10) {
                case 0, 1, 2 -> run.heard(agent, choice % 20 < 10 ? Outcome.ERROR : Outcome.OK);
                case 3, 4, 5 ->
                    run.alert(
                            "a" + choice / 100,
                            Pattern.values()[choice / 7 % 10],
                            severities[choice / 3 % 3],
                            grades[choice / 13 % 3],
                            run.said(agent),
                            agent,
                            "x" + choice / 100 % 4);
                case 6 -> run.grown("a" + choice / 100, Severity.CRITICAL, Grade.FACT, run.said(agent), agent);
                case 7 ->
                    run.event(
                            new AlertDismissed(new AlertId("a" + choice / 100), ACME, new UserId("olga"), "", run.now));
                case 8 -> run.carryOut();
                default -> run.released(agent);
            }
        }
        run.carryOut();
        InterventionLedger again = new InterventionLedger(run.senders::get);
        int at = 0;
        for (Object[] entry : run.log) {
            if (at++ == cut) {
                again = saved(again, run);
            }
            again.on((Long) entry[0], (Instant) entry[1], entry[2]);
        }
        assertThat(again.commands()).isEqualTo(run.ledger.commands());
        assertThat(again.commands().values()).noneMatch(Intervene.class::isInstance);
        assertThat(bytes(again)).isEqualTo(bytes(run.ledger));
    }

    private static InterventionLedger saved(InterventionLedger ledger, InterventionLedgerTest run) throws IOException {
        InterventionLedger read = new InterventionLedger(run.senders::get);
        read.read(new DataInputStream(new ByteArrayInputStream(bytes(ledger))));
        return read;
    }

    private static byte[] bytes(InterventionLedger ledger) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ledger.save(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }
}
