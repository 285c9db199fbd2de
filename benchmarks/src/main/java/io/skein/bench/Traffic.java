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

/** Messages of about half a kilobyte as events, by number: the same number always gives the same message. */
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

    /** @param number 0 or more; agents take turns */
    Message message(long number) {
        int sender = (int) (number % agents);
        boolean request = number / agents % 2 == 0;
        return new Message(
                new MessageId(run + "-" + number),
                NetworkId.DEFAULT,
                new ConversationId("c-" + run + "-" + number / 16),
                agent(sender),
                List.of(agent((sender + 1) % agents)),
                request ? MessageType.REQUEST : MessageType.RESPONSE,
                START.plusMillis(number),
                new JsonText("{\"text\":\"" + FILLER + "\",\"step\":" + number + "}"),
                null,
                null,
                number,
                List.of(),
                null,
                null,
                Map.of());
    }

    AgentId agent(int number) {
        return new AgentId("agent-" + number);
    }
}
