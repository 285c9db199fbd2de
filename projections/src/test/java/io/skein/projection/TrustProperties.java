package io.skein.projection;

import static io.skein.projection.LogFixture.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.agent.TrustAdjusted;
import io.skein.kernel.alert.AlertEvent;
import io.skein.kernel.alert.Detector;
import io.skein.kernel.alert.Grade;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.alert.Severity;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.AlertId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import io.skein.kernel.policy.PolicyChanged;
import io.skein.kernel.policy.PolicyRules;
import io.skein.kernel.policy.TrustRules;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;

/** Trust follows from the log alone: whatever the batches, it is what adding up each piece of evidence by itself, faded to now, gives. */
class TrustProperties {
    private static final NetworkId NETWORK = NetworkId.DEFAULT;
    private static final long HALF_LIFE = TrustRules.BUILT_IN.halfLifeSeconds();
    private static final LogFixture LOG = new LogFixture();

    /** One piece: who, when, which way, and the alert that it came from. */
    private record Piece(String agent, Instant at, double good, double bad, boolean peer, String alert) {}

    private record Said(Pattern pattern, Severity severity, Grade grade) {}

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void the_table_holds_what_a_naive_sum_over_the_log_gives(@ForAll long seed) {
        Random random = new Random(seed);
        List<Object> events = events(random, 60);
        LOG.startAnew();
        LOG.append(events);
        Driver driver = new Driver(LOG);
        driver.run(driver.fresh("agents"), 0, LOG.head(), 7, random);
        String rows =
                "select agent_id, own_good, own_bad, peer_good, peer_bad, good, bad, trust_changes, successes_since from agent order by 1";
        List<String> batched = LOG.rows(rows);
        List<String> history = LOG.rows("select * from trust_change order by agent_id, number");
        for (String row : batched) {
            String[] columns = row.split("\\|", -1);
            double[] expected = naive(columns[0], events);
            for (int i = 0; i < 8; i++) {
                assertThat(Double.parseDouble(columns[i + 1]))
                        .as("%s column %d", columns[0], i)
                        .isCloseTo(expected[i], within(1e-9));
            }
        }
        LOG.execute("truncate agent, trust_change, trust_charge, trust_alert, trust_policy, projection_progress");
        driver.run(driver.fresh("agents"), 0, LOG.head(), 1_000, random);
        assertThat(LOG.rows(rows)).isEqualTo(batched);
        assertThat(LOG.rows("select * from trust_change order by agent_id, number"))
                .isEqualTo(history);
    }

    @Property(tries = 1)
    void the_newest_256_changes_are_kept_and_the_reason_of_each() {
        LOG.startAnew();
        List<Object> events = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            events.add(said("m" + i, "a", Outcome.OK, null, i));
            events.add(said("e" + i, "a", i % 2 == 0 ? Outcome.ERROR : Outcome.TIMEOUT, null, i));
        }
        LOG.append(events);
        Driver driver = new Driver(LOG);
        driver.run(driver.fresh("agents"), 0, LOG.head(), 90, new Random(1));
        assertThat(
                        LOG.rows(
                                "select count(*), min(number), max(number), min(successes_before), max(successes_before) from trust_change"))
                .containsExactly("256|45|300|1|1");
        assertThat(LOG.rows("select kind, reason, position from trust_change where number = 300"))
                .containsExactly("failure|Message e299 reported a timeout|600");
    }

    private static List<Object> events(Random random, int count) {
        List<Object> events = new ArrayList<>();
        Map<String, Said> alerts = new HashMap<>();
        for (int i = 0; i < count; i++) {
            long second = i * 20_000L;
            Instant at = START.plusSeconds(second);
            String agent = "a" + random.nextInt(4);
            String other = "a" + random.nextInt(4);
            String alert = "alert-" + random.nextInt(5);
            switch (random.nextInt(8)) {
                case 0 ->
                    events.add(new TrustAdjusted(
                            NETWORK, new AgentId(agent), "t" + i, 1.5, 0.5, "review", new UserId("olga"), at));
                case 1, 2 -> {
                    if (alerts.containsKey(alert)) {
                        events.add(new AlertEvent.AlertUpdated(
                                new AlertId(alert),
                                NETWORK,
                                Severity.values()[random.nextInt(4)],
                                Grade.values()[random.nextInt(3)],
                                List.of(new AgentId(agent), new AgentId(other)),
                                List.of(),
                                "",
                                new Detector("d", "1", new TreeMap<>()),
                                at));
                    } else {
                        Said said = new Said(
                                Pattern.values()[random.nextInt(Pattern.values().length)],
                                Severity.values()[random.nextInt(4)],
                                Grade.values()[random.nextInt(3)]);
                        alerts.put(alert, said);
                        events.add(new AlertEvent.AlertRaised(
                                new AlertId(alert),
                                NETWORK,
                                said.pattern(),
                                said.severity(),
                                said.grade(),
                                List.of(new AgentId(agent), new AgentId(other)),
                                List.of(),
                                "",
                                new Detector("d", "1", new TreeMap<>()),
                                "",
                                at));
                    }
                }
                case 3 ->
                    events.add(
                            new AlertEvent.AlertDismissed(new AlertId(alert), NETWORK, new UserId("olga"), "no", at));
                case 4 -> events.add(said("m" + i, agent, null, random.nextBoolean() ? "good" : "bad", second));
                default -> events.add(said("m" + i, agent, Outcome.values()[random.nextInt(4)], null, second));
            }
        }
        return events;
    }

    private static MessageRecorded said(
            String id, String agent, @Nullable Outcome outcome, @Nullable String peer, long second) {
        Instant at = START.plusSeconds(second);
        Message plain = LogFixture.message(id, "c", agent, List.of(), MessageType.RESPONSE, null, "x", outcome, at);
        Map<String, JsonText> metadata = peer == null
                ? Map.of()
                : Map.of("peerVerdict", new JsonText("\"" + peer + "\""), "peerAbout", new JsonText("\"a0\""));
        return new MessageRecorded(
                new Message(
                        plain.messageId(),
                        plain.networkId(),
                        plain.conversationId(),
                        plain.agentId(),
                        plain.targetAgents(),
                        plain.type(),
                        plain.timestamp(),
                        plain.content(),
                        plain.causationId(),
                        plain.correlationId(),
                        plain.sequence(),
                        plain.claims(),
                        plain.outcome(),
                        plain.durationMillis(),
                        metadata),
                at);
    }

    /** own good and bad, peers' good and bad, good and bad as shown, changes, successes since the last. */
    private static double[] naive(String agent, List<Object> events) {
        List<Piece> pieces = new ArrayList<>();
        Map<String, Pattern> patterns = new HashMap<>();
        Map<String, Integer> severities = new HashMap<>();
        Map<String, Integer> grades = new HashMap<>();
        List<String> dismissed = new ArrayList<>();
        double changes = 0;
        double since = 0;
        Instant newest = START;
        for (Object event : events) {
            switch (event) {
                case MessageRecorded recorded -> {
                    Message message = recorded.message();
                    boolean mine = message.agentId().value().equals(agent);
                    Outcome outcome = message.outcome();
                    if (mine && outcome == Outcome.OK) {
                        pieces.add(new Piece(agent, recorded.recordedAt(), 1, 0, false, ""));
                        newest = recorded.recordedAt();
                        since++;
                    } else if (mine && (outcome == Outcome.ERROR || outcome == Outcome.TIMEOUT)) {
                        pieces.add(new Piece(agent, recorded.recordedAt(), 0, 1, false, ""));
                        newest = recorded.recordedAt();
                        changes++;
                        since = 0;
                    } else if (!mine && agent.equals("a0") && message.metadata().containsKey("peerVerdict")) {
                        boolean good = String.valueOf(message.metadata().get("peerVerdict"))
                                .contains("good");
                        pieces.add(new Piece(agent, recorded.recordedAt(), good ? 0.1 : 0, good ? 0 : 0.1, true, ""));
                        newest = recorded.recordedAt();
                        changes++;
                        since = 0;
                    }
                }
                case TrustAdjusted adjusted -> {
                    if (adjusted.agentId().value().equals(agent)) {
                        pieces.add(new Piece(agent, adjusted.recordedAt(), adjusted.good(), adjusted.bad(), false, ""));
                        newest = adjusted.recordedAt();
                        changes++;
                        since = 0;
                    }
                }
                case AlertEvent.AlertDismissed no -> {
                    String alert = no.alertId().value();
                    boolean had = pieces.removeIf(piece -> piece.alert().equals(alert));
                    if (patterns.containsKey(alert)) {
                        dismissed.add(alert);
                    }
                    if (had) {
                        newest = no.recordedAt();
                        changes++;
                        since = 0;
                    }
                }
                case AlertEvent.AlertRaised raised -> {
                    patterns.put(raised.alertId().value(), raised.pattern());
                    if (grew(
                            raised,
                            raised.severity(),
                            raised.grade(),
                            raised.agents(),
                            agent,
                            patterns,
                            severities,
                            grades,
                            dismissed,
                            pieces,
                            raised.recordedAt())) {
                        newest = raised.recordedAt();
                        changes++;
                        since = 0;
                    }
                }
                case AlertEvent.AlertUpdated updated -> {
                    if (patterns.containsKey(updated.alertId().value())
                            && grew(
                                    updated,
                                    updated.severity(),
                                    updated.grade(),
                                    updated.agents(),
                                    agent,
                                    patterns,
                                    severities,
                                    grades,
                                    dismissed,
                                    pieces,
                                    updated.recordedAt())) {
                        newest = updated.recordedAt();
                        changes++;
                        since = 0;
                    }
                }
                default -> {}
            }
        }
        double[] sums = new double[8];
        for (Piece piece : pieces) {
            double seconds = Duration.between(piece.at(), newest).toMillis() / 1_000.0;
            double left = Math.exp(-Math.log(2) * seconds / HALF_LIFE);
            sums[piece.peer() ? 2 : 0] += piece.good() * left;
            sums[piece.peer() ? 3 : 1] += piece.bad() * left;
        }
        sums[4] = 9 + sums[0] + Math.min(1, sums[2]);
        sums[5] = 1 + sums[1] + Math.min(1, sums[3]);
        sums[6] = changes;
        sums[7] = since;
        return sums;
    }

    private static boolean grew(
            AlertEvent event,
            Severity severity,
            Grade grade,
            List<AgentId> agents,
            String agent,
            Map<String, Pattern> patterns,
            Map<String, Integer> severities,
            Map<String, Integer> grades,
            List<String> dismissed,
            List<Piece> pieces,
            Instant at) {
        String alert = event.alertId().value();
        int gravest = severities.merge(alert, severity.ordinal(), Math::max);
        int surest = grades.merge(alert, grade.ordinal(), Math::min);
        if (dismissed.contains(alert)) {
            return false;
        }
        Pattern pattern = Objects.requireNonNull(patterns.get(alert));
        boolean shared =
                List.of("ROUTING_LOOP", "LIVELOCK", "DEADLOCK", "CONFLICT").contains(pattern.name());
        boolean guilty = shared
                ? agents.contains(new AgentId(agent))
                : agents.getFirst().value().equals(agent) && !(pattern == Pattern.CASCADE && surest > 0);
        double[] bySeverity = {2, 4, 8, 8};
        double[] byGrade = {1, 0.75, 0.5};
        double weight = pattern == Pattern.CONFLICT ? 2 : Math.max(2, bySeverity[gravest] * byGrade[surest]);
        double before = pieces.stream()
                .filter(piece -> piece.alert().equals(alert))
                .mapToDouble(Piece::bad)
                .sum();
        if (!guilty || weight <= before) {
            return false;
        }
        pieces.add(new Piece(agent, at, 0, weight - before, false, alert));
        return true;
    }

    /** A change of the rules counts from its time on, and what came before keeps its weight. */
    @Property(tries = 1)
    void the_past_is_judged_by_the_rules_of_its_day() {
        LOG.startAnew();
        TrustRules t = TrustRules.BUILT_IN;
        TrustRules harsh = new TrustRules(
                9, 1, HALF_LIFE, 1, 5, 2, 2, 4, 8, t.findingFactor(), t.suspicionFactor(), 2, 8, t.peer(), 1);
        LOG.append(List.of(
                said("1", "a", Outcome.ERROR, null, 0),
                new PolicyChanged(
                        null,
                        1,
                        new PolicyRules(
                                harsh,
                                PolicyRules.BUILT_IN.conflict(),
                                PolicyRules.BUILT_IN.quarantine(),
                                new TreeMap<>()),
                        "harsher",
                        new UserId("olga"),
                        START),
                said("2", "a", Outcome.ERROR, null, 0)));
        Driver driver = new Driver(LOG);
        driver.run(driver.fresh("agents"), 0, 2, 1, new Random(1));
        driver.run(driver.fresh("agents"), 2, LOG.head(), 1, new Random(1));
        assertThat(LOG.rows("select number, bad, good_after, bad_after from trust_change order by number"))
                .containsExactly("1|1|9|2", "2|5|9|7");
    }
}
