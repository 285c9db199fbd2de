package io.skein.bench.detectors;

import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.alert.Pattern;
import io.skein.kernel.id.AgentId;
import io.skein.kernel.message.Claim;
import io.skein.kernel.message.ClaimAction;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import io.skein.kernel.message.MessageType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a first idea of each detector would say: one short rule for each pattern, told once for each conversation, resource or sender. */
final class Naive {
    private static final long TIMEOUT_MILLI = 10_000;
    private static final double TIMES_MEAN = 3;
    private static final int FAN_OUT = 5;

    private final List<Alarm> alarms = new ArrayList<>();
    private final Set<String> told = new HashSet<>();
    private final Map<String, List<String>> walks = new HashMap<>();
    private final Map<String, Integer> texts = new HashMap<>();
    private final Map<String, Set<String>> speakers = new HashMap<>();
    private final Map<String, Map<String, Double>> held = new HashMap<>();
    private final Map<String, String> statements = new HashMap<>();
    private final Set<String> numbers = new HashSet<>();
    private final Set<String> ids = new HashSet<>();
    private final Map<String, List<String>> askedOf = new HashMap<>();
    private final Map<String, String> answeredBy = new HashMap<>();

    private record Open(Message message, long atMilli) {}

    private final LinkedHashMap<String, Open> open = new LinkedHashMap<>();

    private Naive() {}

    static List<Alarm> over(List<MessageRecorded> log, long startMilli) {
        Naive naive = new Naive();
        for (int i = 0; i < log.size(); i++) {
            naive.on(log.get(i).message(), i + 1, log.get(i).recordedAt().toEpochMilli() - startMilli);
        }
        return naive.alarms;
    }

    private void tell(Pattern pattern, String about, List<String> agents, long position, long at) {
        if (told.add(pattern + "\u0001" + about)) {
            alarms.add(new Alarm(pattern, List.copyOf(agents), List.of(), position, at, ""));
        }
    }

    private void on(Message m, long position, long at) {
        String sender = m.agentId().value();
        List<String> targets = m.targetAgents().stream().map(AgentId::value).toList();
        String conversation =
                m.conversationId() == null ? "" : m.conversationId().value();
        seenTwice(m, sender, targets, conversation, position, at);
        speakers.computeIfAbsent(conversation, first -> new LinkedHashSet<>()).add(sender);
        if (m.content() != null
                && texts.merge(conversation + sender + m.content().value(), 1, Integer::sum) == 3) {
            tell(
                    Pattern.LIVELOCK,
                    conversation,
                    List.copyOf(speakers.getOrDefault(conversation, Set.of())),
                    position,
                    at);
        }
        claims(m, sender, targets, position, at);
        if (targets.size() >= FAN_OUT && m.type() != MessageType.RESPONSE) {
            tell(Pattern.CASCADE, sender, List.of(sender), position, at);
        }
        JsonText statement = m.metadata().get("statement");
        if (statement != null) {
            String key = sender + statement.value().replaceAll("\"value\":.*", "");
            String before = statements.put(key, statement.value());
            if (before != null && !before.equals(statement.value())) {
                tell(Pattern.EQUIVOCATION, key, List.of(sender), position, at);
            }
        }
        if (m.sequence() != null && !numbers.add(sender + " " + m.metadata().get("epoch") + " " + m.sequence())) {
            tell(Pattern.REPLAY, sender, List.of(sender), position, at);
        }
        String cause = m.causationId() == null ? "" : m.causationId().value();
        if (!cause.isEmpty() && !ids.contains(cause)) {
            tell(Pattern.FORGERY, sender, List.of(sender), position, at);
        }
        ids.add(m.messageId().value());
        if (m.type() == MessageType.REQUEST) {
            askedOf.put(m.messageId().value(), targets);
            open.put(m.messageId().value(), new Open(m, at));
        } else if (m.type() == MessageType.RESPONSE) {
            List<String> asked = askedOf.get(cause);
            if (asked == null || !asked.contains(sender) || answeredBy.put(cause + sender, sender) != null) {
                tell(Pattern.PROTOCOL_VIOLATION, conversation + sender, List.of(sender), position, at);
            }
            open.remove(cause);
        }
        while (!open.isEmpty() && open.firstEntry().getValue().atMilli() + TIMEOUT_MILLI < at) {
            Open late = open.pollFirstEntry().getValue();
            List<String> asked =
                    late.message().targetAgents().stream().map(AgentId::value).toList();
            if (!late.message().claims().isEmpty()) {
                List<String> stuck =
                        new ArrayList<>(List.of(late.message().agentId().value()));
                stuck.addAll(asked);
                tell(Pattern.DEADLOCK, late.message().agentId().value(), stuck, position, at);
            }
            asked.forEach(agent -> tell(Pattern.SILENT_DROP, agent, List.of(agent), position, at));
        }
    }

    /** An agent that comes round again in a conversation, after two others. */
    private void seenTwice(
            Message m, String sender, List<String> targets, String conversation, long position, long at) {
        if (m.type() != MessageType.REQUEST || targets.size() != 1 || conversation.isEmpty()) {
            return;
        }
        List<String> walk = walks.computeIfAbsent(conversation, first -> new ArrayList<>());
        if (walk.isEmpty() || !walk.getLast().equals(sender)) {
            walk.add(sender);
        }
        int before = walk.lastIndexOf(targets.getFirst());
        if (before >= 0 && walk.size() - before >= 3) {
            tell(
                    Pattern.ROUTING_LOOP,
                    conversation,
                    List.copyOf(new LinkedHashSet<>(walk.subList(before, walk.size()))),
                    position,
                    at);
        }
    }

    private void claims(Message m, String sender, List<String> targets, long position, long at) {
        for (Claim claim : m.claims()) {
            Map<String, Double> holders = held.computeIfAbsent(claim.resource(), first -> new HashMap<>());
            if (claim.action() == ClaimAction.GRANT) {
                targets.forEach(target -> holders.merge(target, claim.amount(), Double::sum));
                double sum = holders.values().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum();
                JsonText capacity = m.metadata().get("capacity");
                if (capacity != null && sum > Double.parseDouble(capacity.value())) {
                    tell(Pattern.CONTRADICTION, claim.resource(), List.of(sender), position, at);
                }
                for (String target : targets) {
                    if (holders.size() > 1 && holders.getOrDefault(target, 0.0) > TIMES_MEAN * sum / holders.size()) {
                        tell(Pattern.HOARDING, claim.resource() + target, List.of(target), position, at);
                    }
                }
            } else if (claim.action() == ClaimAction.RELEASE) {
                double left = holders.getOrDefault(sender, 0.0) - claim.amount();
                if (left < -1e-9) {
                    tell(Pattern.CONTRADICTION, claim.resource() + sender, List.of(sender), position, at);
                }
                holders.put(sender, Math.max(0, left));
            }
        }
    }
}
