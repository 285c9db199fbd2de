package io.skein.projection;

import static io.skein.projection.LogFixture.START;

import io.skein.kernel.agent.AgentQuarantined;
import io.skein.kernel.agent.AgentReleased;
import io.skein.kernel.agent.MessageBlocked;
import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.agent.TrustAdjusted;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.id.UserId;
import io.skein.kernel.message.Claim;
import io.skein.kernel.message.ClaimAction;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import io.skein.kernel.message.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A busy little network: everything that may happen to it, in any order, from a seed. */
final class RandomEvents {
    private RandomEvents() {}

    /** One quarantine or release of one of the agents. */
    static List<Object> marks(Random random) {
        AgentId agent = new AgentId("agent-" + random.nextInt(6));
        UserId by = new UserId("rule");
        return List.of(
                random.nextInt(3) > 0
                        ? new AgentQuarantined(NetworkId.DEFAULT, agent, START.plusSeconds(60), "r", null, by, START)
                        : new AgentReleased(NetworkId.DEFAULT, agent, "r", by, START));
    }

    static List<Object> of(Random random, int count) {
        return of(random, count, 6);
    }

    /** @param agents how many there are */
    static List<Object> of(Random random, int count, int agents) {
        List<Object> events = new ArrayList<>();
        List<Message> said = new ArrayList<>();
        UserId by = new UserId("rule");
        for (int i = 0; i < count; i++) {
            Instant at = START.plusMillis(i * 137L);
            String agent = "agent-" + random.nextInt(agents);
            int kind = random.nextInt(20);
            if (kind == 0) {
                events.add(new AgentQuarantined(
                        NetworkId.DEFAULT, new AgentId(agent), at.plusSeconds(60), "r", null, by, at));
            } else if (kind == 1) {
                events.add(new AgentReleased(NetworkId.DEFAULT, new AgentId(agent), "r", by, at));
            } else if (kind == 2) {
                events.add(new TrustAdjusted(
                        NetworkId.DEFAULT,
                        new AgentId(agent),
                        "t" + i,
                        random.nextDouble(),
                        random.nextDouble(),
                        "r",
                        by,
                        at));
            } else {
                List<String> targets = new ArrayList<>();
                for (int t = random.nextInt(3); t > 0; t--) {
                    targets.add("agent-" + random.nextInt(agents));
                }
                String cause = said.isEmpty() || random.nextInt(4) == 0
                        ? (random.nextBoolean() ? null : "unheard-" + i)
                        : said.get(Math.max(0, said.size() - 1 - random.nextInt(8)))
                                .messageId()
                                .value();
                Message message = LogFixture.message(
                        "m" + i,
                        random.nextInt(5) == 0 ? "" : "c" + random.nextInt(3),
                        agent,
                        targets,
                        MessageType.values()[random.nextInt(3)],
                        cause,
                        random.nextInt(3) == 0 ? null : "words " + "abcdefgh".substring(random.nextInt(6)),
                        random.nextInt(3) == 0 ? null : Outcome.values()[random.nextInt(4)],
                        at.plusMillis(random.nextInt(400) - 200));
                message = claiming(message, random);
                said.add(message);
                events.add(
                        kind == 3
                                ? new MessageBlocked(message, "TARGETS_QUARANTINED", at)
                                : new MessageRecorded(message, at));
            }
        }
        return events;
    }

    private static Message claiming(Message message, Random random) {
        List<Claim> claims = new ArrayList<>();
        while (random.nextInt(4) == 0) {
            claims.add(
                    new Claim("gpu", ClaimAction.values()[random.nextInt(ClaimAction.values().length)], 1, null, null));
        }
        return new Message(
                message.messageId(),
                message.networkId(),
                message.conversationId(),
                message.agentId(),
                message.targetAgents(),
                message.type(),
                message.timestamp(),
                message.content(),
                message.causationId(),
                message.correlationId(),
                message.sequence(),
                claims,
                message.outcome(),
                message.durationMillis(),
                message.metadata());
    }
}
