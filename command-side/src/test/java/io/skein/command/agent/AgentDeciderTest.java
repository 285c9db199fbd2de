package io.skein.command.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.skein.command.decision.Decision;
import io.skein.kernel.agent.AdjustTrust;
import io.skein.kernel.agent.AgentCommand;
import io.skein.kernel.agent.AgentEvent;
import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentRegistered;
import io.skein.kernel.agent.AgentReleased;
import io.skein.kernel.agent.EndQuarantine;
import io.skein.kernel.agent.Intervene;
import io.skein.kernel.agent.InterventionDecided;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.agent.QuarantineAgent;
import io.skein.kernel.agent.RecordMessage;
import io.skein.kernel.agent.RecordMessages;
import io.skein.kernel.agent.RegisterAgent;
import io.skein.kernel.agent.ReleaseAgent;
import io.skein.kernel.agent.TrustAdjusted;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AgentKey;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import io.skein.kernel.intervention.Rule;
import io.skein.kernel.intervention.Withheld;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.problem.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AgentDeciderTest {
    static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    static final AgentKey AGENT = new AgentKey(new NetworkId("acme"), new AgentId("planner"));
    private static final UserId OPERATOR = new UserId("olga");
    private static final AgentRegistered REGISTERED = new AgentRegistered(AGENT.networkId(), AGENT.agentId(), NOW);

    static Message message(String id) {
        return new Message(
                new MessageId(id),
                AGENT.networkId(),
                null,
                AGENT.agentId(),
                List.of(),
                MessageType.REQUEST,
                NOW,
                null,
                null,
                null,
                null,
                List.of(),
                null,
                null,
                Map.of());
    }

    private static AgentQuarantined quarantined(@org.jspecify.annotations.Nullable Instant until) {
        return new AgentQuarantined(AGENT.networkId(), AGENT.agentId(), until, "loop", null, OPERATOR, NOW);
    }

    private static AgentReleased released(String reason, UserId by, Instant at) {
        return new AgentReleased(AGENT.networkId(), AGENT.agentId(), reason, by, at);
    }

    private static AgentState given(AgentEvent... events) {
        AgentState state = AgentState.UNKNOWN;
        for (AgentEvent event : events) {
            state = AgentDecider.evolve(state, event);
        }
        return state;
    }

    private static void expect(AgentState given, AgentCommand when, Instant now, AgentEvent... then) {
        assertThat(AgentDecider.decide(
                        given, when, now, other -> other.agentId().value().startsWith("bad")))
                .isEqualTo(new Decision.Accepted<>(List.of(then)));
    }

    private static void expectRefused(AgentState given, AgentCommand when, Reason reason) {
        assertThat(AgentDecider.decide(
                        given, when, NOW, other -> other.agentId().value().startsWith("bad")))
                .isInstanceOfSatisfying(
                        Decision.Refused.class,
                        refused -> assertThat(refused.refusal().reason()).isEqualTo(reason));
    }

    @Test
    void the_first_message_makes_its_sender_known() {
        Message message = message("m-1");
        expect(given(), new RecordMessage(message), NOW, REGISTERED, new MessageRecorded(message, NOW));
        expect(given(REGISTERED), new RecordMessage(message), NOW, new MessageRecorded(message, NOW));
    }

    @Test
    void several_messages_keep_their_order() {
        expect(
                given(REGISTERED),
                new RecordMessages(AGENT, List.of(message("b"), message("a"))),
                NOW,
                new MessageRecorded(message("b"), NOW),
                new MessageRecorded(message("a"), NOW));
    }

    @Test
    void registering_twice_changes_nothing() {
        expect(given(), new RegisterAgent(AGENT), NOW, REGISTERED);
        expect(given(REGISTERED), new RegisterAgent(AGENT), NOW);
    }

    @Test
    void a_sender_in_quarantine_is_blocked_until_the_instant_it_runs_out() {
        Instant end = NOW.plusSeconds(60);
        AgentState state = given(REGISTERED, quarantined(end));
        Message message = message("m");
        Instant before = end.minusNanos(1);
        expect(state, new RecordMessage(message), before, new MessageBlocked(message, "SENDER_QUARANTINED", before));
        expect(
                state,
                new RecordMessage(message),
                end,
                released("QUARANTINE_RAN_OUT", new UserId("skein"), end),
                new MessageRecorded(message, end));
    }

    @Test
    void a_quarantine_without_end_lasts_until_release() {
        AgentState state = given(REGISTERED, quarantined(null));
        Message message = message("m");
        Instant late = NOW.plusSeconds(1_000_000_000);
        expect(state, new RecordMessage(message), late, new MessageBlocked(message, "SENDER_QUARANTINED", late));
        expect(state, new ReleaseAgent(AGENT, "fixed", OPERATOR), NOW, released("fixed", OPERATOR, NOW));
        expect(
                AgentDecider.evolve(state, released("fixed", OPERATOR, NOW)),
                new RecordMessage(message),
                late,
                new MessageRecorded(message, late));
    }

    @Test
    void the_same_quarantine_again_changes_nothing_but_another_end_does() {
        Instant end = NOW.plusSeconds(60);
        AgentState state = given(REGISTERED, quarantined(end));
        expect(state, new QuarantineAgent(AGENT, end, "loop", null, OPERATOR), NOW);
        expect(
                state,
                new QuarantineAgent(AGENT, end.plusSeconds(1), "loop", null, OPERATOR),
                NOW,
                quarantined(end.plusSeconds(1)));
        expect(given(REGISTERED), new QuarantineAgent(AGENT, null, "loop", null, OPERATOR), NOW, quarantined(null));
    }

    @Test
    void what_makes_no_sense_is_refused_with_its_reason() {
        AgentState known = given(REGISTERED);
        expectRefused(given(), new QuarantineAgent(AGENT, null, "loop", null, OPERATOR), Reason.NOT_FOUND);
        expectRefused(given(), new ReleaseAgent(AGENT, "fixed", OPERATOR), Reason.NOT_FOUND);
        expectRefused(given(), new AdjustTrust(AGENT, "a", 1, 0, "good", OPERATOR), Reason.NOT_FOUND);
        expectRefused(known, new QuarantineAgent(AGENT, NOW, "loop", null, OPERATOR), Reason.INVALID);
        expectRefused(known, new ReleaseAgent(AGENT, "fixed", OPERATOR), Reason.NOT_ALLOWED_NOW);
        expectRefused(known, new AdjustTrust(AGENT, "a", -1, 0, "bad", OPERATOR), Reason.INVALID);
        expectRefused(known, new AdjustTrust(AGENT, "a", 0, Double.NaN, "bad", OPERATOR), Reason.INVALID);
        expectRefused(known, new AdjustTrust(AGENT, "a", Double.POSITIVE_INFINITY, 0, "bad", OPERATOR), Reason.INVALID);
    }

    @Test
    void trust_is_adjusted_by_weights() {
        expect(
                given(REGISTERED),
                new AdjustTrust(AGENT, "a-1", 2, 0.5, "review", OPERATOR),
                NOW,
                new TrustAdjusted(AGENT.networkId(), AGENT.agentId(), "a-1", 2, 0.5, "review", OPERATOR, NOW));
    }

    private static Intervene intervene(
            io.skein.kernel.intervention.Outcome outcome,
            @org.jspecify.annotations.Nullable Withheld withheld,
            Instant until) {
        return new Intervene(
                AGENT, "i-1", outcome, withheld, Rule.CRITICAL_FACT, null, List.of(), 50, until, 0, 7, "why");
    }

    private static InterventionDecided decided(
            io.skein.kernel.intervention.Outcome outcome,
            @org.jspecify.annotations.Nullable Withheld withheld,
            Instant until) {
        return new InterventionDecided(
                AGENT.networkId(),
                AGENT.agentId(),
                "i-1",
                outcome,
                withheld,
                Rule.CRITICAL_FACT,
                null,
                List.of(),
                50,
                until,
                0,
                7,
                "why",
                NOW);
    }

    @Test
    void what_the_policy_decides_is_recorded_with_its_quarantine_behind_it_or_with_why_not() {
        Instant until = NOW.plusSeconds(900);
        AgentQuarantined made =
                new AgentQuarantined(AGENT.networkId(), AGENT.agentId(), until, "why", null, UserId.SKEIN, NOW);
        Intervene quarantine = intervene(io.skein.kernel.intervention.Outcome.QUARANTINED, null, until);
        expect(
                given(REGISTERED),
                quarantine,
                NOW,
                decided(io.skein.kernel.intervention.Outcome.QUARANTINED, null, until),
                made);
        expect(
                given(REGISTERED, quarantined(null)),
                quarantine,
                NOW,
                decided(io.skein.kernel.intervention.Outcome.WITHHELD, Withheld.OVERTAKEN, until));
        expect(
                given(REGISTERED),
                intervene(io.skein.kernel.intervention.Outcome.QUARANTINED, null, NOW),
                NOW,
                decided(io.skein.kernel.intervention.Outcome.WITHHELD, Withheld.TOO_LATE, NOW));
        expect(
                given(REGISTERED),
                intervene(io.skein.kernel.intervention.Outcome.WITHHELD, Withheld.DRY_RUN, until),
                NOW,
                decided(io.skein.kernel.intervention.Outcome.WITHHELD, Withheld.DRY_RUN, until));
        Intervene renewal = intervene(io.skein.kernel.intervention.Outcome.RENEWED, null, until);
        expect(
                given(REGISTERED, quarantined(NOW.plusSeconds(60))),
                renewal,
                NOW,
                decided(io.skein.kernel.intervention.Outcome.RENEWED, null, until),
                made);
        expect(
                given(REGISTERED),
                renewal,
                NOW,
                decided(io.skein.kernel.intervention.Outcome.WITHHELD, Withheld.OVERTAKEN, until));
    }

    @Test
    void a_quarantine_is_said_to_have_run_out_only_when_it_has() {
        EndQuarantine end = new EndQuarantine(AGENT);
        expect(given(REGISTERED, quarantined(NOW.plusSeconds(1))), end, NOW);
        expect(given(REGISTERED, quarantined(null)), end, NOW);
        expect(given(REGISTERED), end, NOW);
        expect(
                given(REGISTERED, quarantined(NOW)),
                end,
                NOW,
                released(AgentDecider.QUARANTINE_RAN_OUT, UserId.SKEIN, NOW));
    }

    @Test
    void a_message_that_would_reach_only_agents_in_quarantine_is_blocked() {
        for (String targets : List.of("bad-1", "bad-1,bad-2", "bad-1,good", "good", "")) {
            Message plain = message("m");
            Message message = new Message(
                    plain.messageId(),
                    plain.networkId(),
                    null,
                    plain.agentId(),
                    java.util.Arrays.stream(targets.split(","))
                            .filter(target -> !target.isEmpty())
                            .map(AgentId::new)
                            .toList(),
                    plain.type(),
                    NOW,
                    null,
                    null,
                    null,
                    null,
                    List.of(),
                    null,
                    null,
                    Map.of());
            boolean blocked = !targets.isEmpty() && !targets.contains("good");
            expect(
                    given(REGISTERED),
                    new RecordMessage(message),
                    NOW,
                    blocked
                            ? new MessageBlocked(message, "TARGETS_QUARANTINED", NOW)
                            : new MessageRecorded(message, NOW));
        }
    }
}
