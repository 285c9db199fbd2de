package io.skein.projection.detection;

import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.id.NetworkId;
import io.skein.kernel.message.Claim;
import io.skein.kernel.message.ClaimAction;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What agents of a test say, in the order in which they say it. Each counts its messages, and counts anew after a restart. */
public final class Script {
    public static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

    private record Said(long atMilli, Message message) {}

    private final List<Said> said = new ArrayList<>();
    private final Map<String, Long> counters = new HashMap<>();
    private final Map<String, Integer> runs = new HashMap<>();
    private long clockMilli;

    public void pause(long millis) {
        clockMilli += millis;
    }

    public void restart(String agent) {
        runs.merge(agent, 1, Integer::sum);
        counters.remove(agent);
    }

    public String say(
            MessageType type, String from, List<String> to, String conversation, @Nullable String cause, String text) {
        return say(type, from, to, conversation, cause, text, List.of(), Map.of());
    }

    public String say(
            MessageType type,
            String from,
            List<String> to,
            String conversation,
            @Nullable String cause,
            String text,
            List<Claim> claims,
            Map<String, String> metadata) {
        return say(type, from, to, conversation, cause, text, claims, metadata, counters.merge(from, 1L, Long::sum));
    }

    /** With a number of its own choice. */
    public String say(
            MessageType type,
            String from,
            List<String> to,
            String conversation,
            @Nullable String cause,
            String text,
            List<Claim> claims,
            Map<String, String> metadata,
            long sequence) {
        String id = "m" + (said.size() + 1);
        Map<String, JsonText> fields = new LinkedHashMap<>();
        fields.put("epoch", new JsonText(Integer.toString(1 + runs.getOrDefault(from, 0))));
        metadata.forEach((name, json) -> fields.put(name, new JsonText(json)));
        clockMilli += 10;
        said.add(new Said(
                clockMilli,
                new Message(
                        new MessageId(id),
                        new NetworkId("test"),
                        new ConversationId(conversation),
                        new AgentId(from),
                        to.stream().map(AgentId::new).toList(),
                        type,
                        START.plusMillis(clockMilli),
                        new JsonText('"' + text + '"'),
                        cause == null ? null : new MessageId(cause),
                        null,
                        sequence,
                        claims,
                        null,
                        null,
                        fields)));
        return id;
    }

    /** Says the message again as an honest sender does: same number, same words, another id. */
    public void retry(String id) {
        Said first = said.get(Integer.parseInt(id.substring(1)) - 1);
        Message m = first.message();
        clockMilli += 10;
        said.add(new Said(
                clockMilli,
                new Message(
                        new MessageId("m" + (said.size() + 1)),
                        m.networkId(),
                        m.conversationId(),
                        m.agentId(),
                        m.targetAgents(),
                        m.type(),
                        START.plusMillis(clockMilli),
                        m.content(),
                        m.causationId(),
                        null,
                        m.sequence(),
                        m.claims(),
                        null,
                        null,
                        m.metadata())));
    }

    public String claim(
            MessageType type,
            String from,
            String to,
            @Nullable String cause,
            ClaimAction action,
            String resource,
            double amount,
            String unit) {
        return say(
                type,
                from,
                List.of(to),
                "claims",
                cause,
                action + " " + resource,
                List.of(new Claim(resource, action, amount, unit, null)),
                Map.of());
    }

    /** As recorded: in order. */
    public List<MessageRecorded> recorded() {
        return delivered(new Random(0), 0);
    }

    /** As recorded when each message is under way for up to {@code mostMillis}. */
    public List<MessageRecorded> delivered(Random random, int mostMillis) {
        record Arrival(long atMilli, Message message) {}
        List<Arrival> arrivals = new ArrayList<>();
        for (Said each : said) {
            arrivals.add(
                    new Arrival(each.atMilli() + (mostMillis == 0 ? 0 : random.nextInt(mostMillis)), each.message()));
        }
        arrivals.sort(Comparator.comparingLong(Arrival::atMilli));
        return arrivals.stream()
                .map(each -> new MessageRecorded(each.message(), START.plusMillis(each.atMilli())))
                .toList();
    }

    public List<Message> messages() {
        return said.stream().map(Said::message).toList();
    }
}
