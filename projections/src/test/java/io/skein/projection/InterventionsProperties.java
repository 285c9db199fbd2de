package io.skein.projection;

import static io.skein.projection.LogFixture.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentReleased;
import io.skein.kernel.agent.InterventionDecided;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import io.skein.kernel.intervention.Rule;
import io.skein.kernel.intervention.Withheld;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** What the table says of interventions follows from the log alone, whatever the batches and restarts; and what it counts is what the log holds. */
class InterventionsProperties {
    private static final NetworkId NETWORK = NetworkId.DEFAULT;
    private static final LogFixture LOG = new LogFixture();
    private static final String ROWS = "select * from intervention order by position";

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void batches_and_restarts_change_nothing_and_blocked_messages_are_counted(@ForAll long seed) {
        Random random = new Random(seed);
        List<Object> events = events(random, 150);
        LOG.startAnew();
        LOG.append(events);
        Driver driver = new Driver(LOG);
        driver.run(driver.fresh("interventions"), 0, LOG.head(), 1_000, random);
        List<String> whole = LOG.rows(ROWS);
        assertThat(LOG.rows("select intervention_id, blocked, blocked_fine from intervention order by 1"))
                .containsExactlyInAnyOrderElementsOf(blocked(events));
        LOG.execute("truncate intervention");
        long middle = random.nextLong(LOG.head() + 1);
        driver.run(driver.fresh("interventions"), 0, middle, 9, random);
        driver.run(driver.fresh("interventions"), middle, LOG.head(), 9, random);
        assertThat(LOG.rows(ROWS)).isEqualTo(whole);
    }

    private static List<Object> events(Random random, int count) {
        List<Object> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Instant at = START.plusMillis(i * 300L);
            String agent = "a" + random.nextInt(6);
            AgentId id = new AgentId(agent);
            switch (random.nextInt(12)) {
                case 0 -> {
                    boolean withheld = random.nextInt(4) == 0;
                    Instant until = at.plusSeconds(5 + random.nextInt(20));
                    events.add(new InterventionDecided(
                            NETWORK,
                            id,
                            "i-%03d".formatted(i),
                            withheld
                                    ? io.skein.kernel.intervention.Outcome.WITHHELD
                                    : random.nextInt(4) == 0
                                            ? io.skein.kernel.intervention.Outcome.RENEWED
                                            : io.skein.kernel.intervention.Outcome.QUARANTINED,
                            withheld ? Withheld.BUDGET : null,
                            Rule.SCORE,
                            null,
                            List.of(),
                            20,
                            until,
                            0,
                            events.size(),
                            "r",
                            at));
                    if (!withheld) {
                        events.add(new AgentQuarantined(NETWORK, id, until, "r", null, UserId.SKEIN, at));
                    }
                }
                case 1 -> {
                    if (random.nextBoolean()) {
                        events.add(new AgentQuarantined(NETWORK, id, null, "by hand", null, new UserId("olga"), at));
                    }
                }
                case 2 -> events.add(new AgentReleased(NETWORK, id, "r", UserId.SKEIN, at));
                case 3 -> events.add(new MessageBlocked(said(random, i, agent, at), "SENDER_QUARANTINED", at));
                default -> events.add(new MessageRecorded(said(random, i, agent, at), at));
            }
        }
        return events;
    }

    private static Message said(Random random, int i, String agent, Instant at) {
        return LogFixture.message(
                "m" + i,
                "c",
                agent,
                List.of("a" + random.nextInt(6)),
                MessageType.RESPONSE,
                null,
                "x",
                random.nextBoolean() ? null : Outcome.values()[random.nextInt(4)],
                at);
    }

    /** Every quarantine that is open when its agent's message is blocked. */
    private static List<String> blocked(List<Object> events) {
        Map<String, long[]> counts = new HashMap<>();
        Map<String, List<String>> open = new HashMap<>();
        for (int i = 0; i < events.size(); i++) {
            switch (events.get(i)) {
                case InterventionDecided decided -> {
                    if (decided.outcome() != io.skein.kernel.intervention.Outcome.RENEWED) {
                        counts.put(decided.interventionId(), new long[2]);
                    }
                    if (decided.outcome() == io.skein.kernel.intervention.Outcome.QUARANTINED) {
                        open.computeIfAbsent(decided.agentId().value(), first -> new ArrayList<>())
                                .add(decided.interventionId());
                    }
                }
                case AgentQuarantined quarantined -> {
                    if (!quarantined.by().equals(UserId.SKEIN)) {
                        counts.put("by-hand-" + (i + 1), new long[2]);
                        open.put(quarantined.agentId().value(), new ArrayList<>(List.of("by-hand-" + (i + 1))));
                    }
                }
                case AgentReleased released -> open.remove(released.agentId().value());
                case MessageBlocked no -> {
                    Outcome outcome = no.message().outcome();
                    for (String id : open.getOrDefault(no.agentId().value(), List.of())) {
                        long[] count = counts.getOrDefault(id, new long[2]);
                        count[0]++;
                        count[1] += outcome == Outcome.ERROR || outcome == Outcome.TIMEOUT ? 0 : 1;
                    }
                }
                default -> {}
            }
        }
        return counts.entrySet().stream()
                .map(one -> one.getKey() + "|" + one.getValue()[0] + "|" + one.getValue()[1])
                .sorted()
                .toList();
    }
}
