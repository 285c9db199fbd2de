package io.skein.projection.detection;

import io.skein.kernel.agent.MessageRecorded;
import io.skein.kernel.id.ConversationId;
import io.skein.kernel.id.MessageId;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;
import io.skein.projection.byzantine.Byzantine;
import io.skein.projection.cascades.Cascades;
import io.skein.projection.hoarding.Hoards;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Runs every detector over the real conversations: what it finds in each set, and how many messages a second it takes. */
final class DetectorRuns {
    private static final int REPEATS = 20;

    private DetectorRuns() {}

    static List<PatternFold> detectors() {
        List<PatternFold> all = new ArrayList<>(Byzantine.detectors());
        all.addAll(Cascades.detectors());
        all.addAll(Hoards.detectors());
        return all;
    }

    static List<Finding> run(PatternFold detector, List<MessageRecorded> events) {
        List<Finding> found = new ArrayList<>();
        long position = 0;
        for (MessageRecorded event : events) {
            found.addAll(detector.on(event, ++position));
        }
        return found;
    }

    static void main(String[] arguments) {
        Map<String, List<MessageRecorded>> sets = new TreeMap<>();
        for (String set : RealConversations.SETS) {
            sets.put(set + " imported", RealConversations.imported(set));
            sets.put(set + " interleaved", RealConversations.interleaved(set));
        }
        for (PatternFold kind : detectors()) {
            String name = kind.identity().name();
            sets.forEach((set, events) -> {
                PatternFold detector = detectors().stream()
                        .filter(each -> each.identity().name().equals(name))
                        .findFirst()
                        .orElseThrow();
                List<Finding> found = run(detector, events);
                System.out.printf(
                        Locale.ROOT, "%-22s %-22s findings %d, entries %d%n", name, set, found.size(), detector.size());
                found.stream()
                        .limit(5)
                        .forEach(each -> System.out.println("    "
                                + each.alert().grade() + " " + each.alert().description()));
            });
            List<MessageRecorded> many = repeated(sets);
            long best = Long.MAX_VALUE;
            for (int round = 0; round < 3; round++) {
                PatternFold detector = detectors().stream()
                        .filter(each -> each.identity().name().equals(name))
                        .findFirst()
                        .orElseThrow();
                long began = System.nanoTime();
                run(detector, many);
                best = Math.min(best, System.nanoTime() - began);
            }
            System.out.printf(
                    Locale.ROOT,
                    "%-22s %,d messages in %d ms: %,d messages/s%n",
                    name,
                    many.size(),
                    best / 1_000_000,
                    Math.round(many.size() / (best / 1e9)));
        }
    }

    /** All sets after one another, again and again, each time later and under other names; senders count and name their run. */
    private static List<MessageRecorded> repeated(Map<String, List<MessageRecorded>> sets) {
        List<MessageRecorded> all = new ArrayList<>();
        for (int repeat = 0; repeat < REPEATS; repeat++) {
            String suffix = "#" + repeat;
            Duration later = Duration.ofHours(6L * repeat);
            Map<String, Long> counters = new TreeMap<>();
            for (String set : RealConversations.SETS) {
                for (MessageRecorded event : Objects.requireNonNull(sets.get(set + " interleaved"))) {
                    Message m = event.message();
                    Map<String, JsonText> metadata = new TreeMap<>(m.metadata());
                    metadata.put("epoch", new JsonText(Integer.toString(repeat)));
                    all.add(new MessageRecorded(
                            new Message(
                                    new MessageId(m.messageId() + suffix),
                                    m.networkId(),
                                    m.conversationId() == null ? null : new ConversationId(m.conversationId() + suffix),
                                    m.agentId(),
                                    m.targetAgents(),
                                    m.type(),
                                    m.timestamp().plus(later),
                                    m.content(),
                                    m.causationId() == null ? null : new MessageId(m.causationId() + suffix),
                                    m.correlationId(),
                                    counters.merge(m.networkId() + "/" + m.agentId(), 1L, Long::sum),
                                    m.claims(),
                                    m.outcome(),
                                    m.durationMillis(),
                                    metadata),
                            event.recordedAt().plus(later)));
                }
            }
        }
        return all;
    }
}
