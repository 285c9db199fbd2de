package io.skein.bench.detectors;

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
import io.skein.kernel.message.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Takes down who says what when, and gives it back as a log would hold it: on one clock, each sender counting, some of it delivered late. */
public final class Stage {
    static final NetworkId NETWORK = new NetworkId("bench");

    /** One line of a script. {@code number}: the sender's counter, where it is not simply the next one; {@code delayMilli}: how much later than others it arrives. */
    static final class Line {
        final long atMilli;
        final int order;
        final String id;
        final String from;
        final List<String> to;
        final MessageType type;
        final String conversation;
        String cause;
        final String text;
        List<Claim> claims = List.of();
        final Map<String, String> metadata = new LinkedHashMap<>();

        @Nullable
        String sameNumberAs;

        @Nullable
        Outcome outcome;

        @Nullable
        Message ready;

        int epoch;
        boolean uncounted;
        long delayMilli;

        Line(
                long atMilli,
                int order,
                String id,
                String from,
                List<String> to,
                MessageType type,
                String conversation,
                String cause,
                String text) {
            this.atMilli = atMilli;
            this.order = order;
            this.id = id;
            this.from = from;
            this.to = to;
            this.type = type;
            this.conversation = conversation;
            this.cause = cause;
            this.text = text;
        }

        Line claiming(String resource, ClaimAction action, double amount, String unit) {
            claims = List.of(new Claim(resource, action, amount, unit, null));
            return this;
        }

        Line with(String name, String json) {
            metadata.put(name, json);
            return this;
        }

        Line ending(Outcome how) {
            outcome = how;
            return this;
        }

        Line late(long milli) {
            delayMilli = milli;
            return this;
        }

        Line inRun(int run) {
            epoch = run;
            return this;
        }

        /** Says it under the number of an earlier line. */
        Line numberedAs(Line other) {
            sameNumberAs = other.id;
            return this;
        }
    }

    private final long startMilli;
    private final List<Line> lines = new ArrayList<>();

    /** @param startMilli when its clock begins */
    public Stage(Instant start) {
        this.startMilli = start.toEpochMilli();
    }

    Line say(
            long atMilli,
            MessageType type,
            String from,
            List<String> to,
            String conversation,
            @Nullable Line cause,
            String text) {
        Line line = new Line(
                atMilli,
                lines.size(),
                "i" + lines.size(),
                from,
                List.copyOf(to),
                type,
                conversation,
                cause == null ? "" : cause.id,
                text);
        lines.add(line);
        return line;
    }

    /** Adds what was really said, at a time on this stage's clock. */
    void play(long atMilli, Message message) {
        Line line = new Line(
                atMilli,
                lines.size(),
                message.messageId().value(),
                message.agentId().value(),
                List.of(),
                message.type(),
                "",
                "",
                "");
        line.ready = message;
        lines.add(line);
    }

    /** Lines so far. */
    int size() {
        return lines.size();
    }

    /** Takes the cause from that share of the lines from {@code first} on. */
    void loseCauses(int first, double share, Random random) {
        for (Line line : lines.subList(first, lines.size())) {
            if (random.nextDouble() < share) {
                line.cause = "";
            }
        }
    }

    /** The log: by time of arrival, each sender counting in the order in which it speaks. */
    public List<MessageRecorded> log(Random random) {
        List<Line> spoken = new ArrayList<>(lines);
        spoken.sort(Comparator.<Line>comparingLong(line -> line.atMilli).thenComparingInt(line -> line.order));
        Map<String, Long> counters = new HashMap<>();
        Map<String, Long> numbers = new HashMap<>();
        record Arrival(long atMilli, MessageRecorded recorded) {}
        List<Arrival> arrivals = new ArrayList<>(spoken.size());
        long last = Long.MIN_VALUE;
        for (Line line : spoken) {
            Instant said = Instant.ofEpochMilli(startMilli + line.atMilli);
            Message ready = line.ready;
            Message message = ready == null ? message(line, said, counters, numbers) : at(ready, said);
            last = Math.max(last + 1, startMilli + line.atMilli);
            long arrives = line.delayMilli > 0 ? startMilli + line.atMilli + line.delayMilli : last;
            arrivals.add(new Arrival(arrives, new MessageRecorded(message, Instant.ofEpochMilli(arrives))));
        }
        arrivals.sort(Comparator.comparingLong(Arrival::atMilli));
        return arrivals.stream().map(Arrival::recorded).toList();
    }

    private static Message message(Line line, Instant said, Map<String, Long> counters, Map<String, Long> numbers) {
        String run = line.from + "#" + line.epoch;
        Long number = line.uncounted
                ? null
                : line.sameNumberAs == null
                        ? counters.merge(run, 1L, Long::sum)
                        : numbers.getOrDefault(line.sameNumberAs, 1L);
        if (number != null) {
            numbers.put(line.id, number);
        }
        Map<String, JsonText> metadata = new LinkedHashMap<>();
        metadata.put("epoch", new JsonText(Integer.toString(line.epoch)));
        line.metadata.forEach((name, json) -> metadata.put(name, new JsonText(json)));
        return new Message(
                new MessageId(line.id),
                NETWORK,
                line.conversation.isEmpty() ? null : new ConversationId(line.conversation),
                new AgentId(line.from),
                line.to.stream().map(AgentId::new).toList(),
                line.type,
                said,
                new JsonText('"' + line.text + '"'),
                line.cause.isEmpty() ? null : new MessageId(line.cause),
                null,
                number,
                line.claims,
                line.outcome,
                null,
                metadata);
    }

    private static Message at(Message m, Instant said) {
        return new Message(
                m.messageId(),
                NETWORK,
                m.conversationId(),
                m.agentId(),
                m.targetAgents(),
                m.type(),
                said,
                m.content(),
                m.causationId(),
                m.correlationId(),
                m.sequence(),
                m.claims(),
                m.outcome(),
                m.durationMillis(),
                m.metadata());
    }
}
