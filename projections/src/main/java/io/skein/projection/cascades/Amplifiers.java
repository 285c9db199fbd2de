package io.skein.projection.cascades;

import io.skein.projection.detection.Codec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Who sends on how much of what reaches it; the first {@value #AGENTS} agents. */
final class Amplifiers {
    private static final int AGENTS = 256;

    private static final class Reach {
        long reacted;
        long sent;
        long repeated;

        double ratio() {
            return (double) sent / Math.max(1, reacted);
        }
    }

    private final Map<String, Reach> agents = new LinkedHashMap<>();

    /**
     * Counts a message.
     *
     * @param reactsAnew whether the agent had not reacted to its cause before
     * @param repeat whether it was said before, word for word, because of the same cause
     */
    void count(String agent, int deliveries, boolean reactsAnew, boolean repeat) {
        Reach reach = agents.get(agent);
        if (reach == null) {
            if (agents.size() == AGENTS) {
                return;
            }
            reach = new Reach();
            agents.put(agent, reach);
        }
        reach.reacted += reactsAnew ? 1 : 0;
        if (repeat) {
            reach.repeated += deliveries;
        } else {
            reach.sent += deliveries;
        }
    }

    /** The strongest first: by what it sends for each message that it reacts to, then by what it sends, then by name. */
    List<String> top(int most) {
        return agents.entrySet().stream()
                .filter(entry -> entry.getValue().sent > 0)
                .sorted(Comparator.<Map.Entry<String, Reach>>comparingDouble(
                                entry -> -entry.getValue().ratio())
                        .thenComparingLong(entry -> -entry.getValue().sent)
                        .thenComparing(Map.Entry::getKey))
                .limit(most)
                .map(Map.Entry::getKey)
                .toList();
    }

    String describe(List<String> top) {
        return top.stream().map(agent -> agent + " " + describe(reach(agent))).collect(Collectors.joining(", "));
    }

    private Reach reach(String agent) {
        return agents.getOrDefault(agent, new Reach());
    }

    private static String describe(Reach reach) {
        return "(" + reach.reacted + " in, " + reach.sent + " out"
                + (reach.repeated == 0 ? "" : " and " + reach.repeated + " repeated") + ")";
    }

    void clear() {
        agents.clear();
    }

    void save(DataOutput out) throws IOException {
        Codec.list(out, agents.entrySet(), (to, entry) -> {
            to.writeUTF(entry.getKey());
            to.writeLong(entry.getValue().reacted);
            to.writeLong(entry.getValue().sent);
            to.writeLong(entry.getValue().repeated);
        });
    }

    static Amplifiers read(DataInput in) throws IOException {
        Amplifiers amplifiers = new Amplifiers();
        for (int left = in.readInt(); left > 0; left--) {
            Reach reach = new Reach();
            amplifiers.agents.put(in.readUTF(), reach);
            reach.reacted = in.readLong();
            reach.sent = in.readLong();
            reach.repeated = in.readLong();
        }
        return amplifiers;
    }
}
