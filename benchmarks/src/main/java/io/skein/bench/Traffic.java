package io.skein.bench;

import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Messages of about half a kilobyte as events, by number: the same number always gives the same message. Agents take turns; in every second turn each answers
 * what its neighbour asked in the turn before.
 */
final class Traffic {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final String FILLER =
            "the quick brown fox reports the state of the order and asks for the next step; ".repeat(2);

    private final String run;
    private final int agents;

    Traffic(String run, int agents) {
        this.run = run;
        this.agents = agents;
    }

    /** @param number 0 or more */
    Message message(long number) {
        int sender = (int) (number % agents);
        boolean request = isRequest(number);
        return new Message(
                new MessageId(run + "-" + number),
                NetworkId.DEFAULT,
                new ConversationId(conversation(number)),
                agent(sender),
                List.of(agent(target(sender, request))),
                request ? MessageType.REQUEST : MessageType.RESPONSE,
                START.plusMillis(number),
                new JsonText("{\"text\":\"" + FILLER + "\",\"step\":" + number + "}"),
                request ? null : new MessageId(run + "-" + asked(number, sender)),
                null,
                number,
                List.of(),
                null,
                null,
                Map.of());
    }

    /** The same message as a sender writes it; made without a mapper, so that a bench measures Skein and not itself. */
    StringBuilder json(long number, StringBuilder to) {
        int sender = (int) (number % agents);
        boolean request = isRequest(number);
        to.append("{\"messageId\":\"").append(run).append('-').append(number);
        to.append("\",\"conversationId\":\"").append(conversation(number));
        to.append("\",\"agentId\":\"agent-").append(sender);
        to.append("\",\"targetAgents\":[\"agent-").append(target(sender, request));
        to.append("\"],\"type\":\"").append(request ? "request" : "response");
        to.append("\",\"timestamp\":\"").append(START.plusMillis(number));
        to.append("\",\"content\":{\"text\":\"")
                .append(FILLER)
                .append("\",\"step\":")
                .append(number)
                .append('}');
        if (!request) {
            to.append(",\"causationId\":\"")
                    .append(run)
                    .append('-')
                    .append(asked(number, sender))
                    .append('"');
        }
        return to.append(",\"sequence\":").append(number).append('}');
    }

    private boolean isRequest(long number) {
        return number / agents % 2 == 0;
    }

    private int target(int sender, boolean request) {
        return request ? (sender + 1) % agents : (sender + agents - 1) % agents;
    }

    // The neighbour's request of the turn before.
    private long asked(long number, int sender) {
        return number - sender - agents + (sender + agents - 1) % agents;
    }

    private String conversation(long number) {
        int sender = (int) (number % agents);
        long turn = number / agents / 2;
        int asking = isRequest(number) ? sender : (sender + agents - 1) % agents;
        return "c-" + run + "-" + asking + "-" + turn / 8;
    }

    AgentId agent(int number) {
        return new AgentId("agent-" + number);
    }
}
