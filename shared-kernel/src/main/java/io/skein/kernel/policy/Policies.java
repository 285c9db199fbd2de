package io.skein.kernel.policy;

import io.skein.kernel.id.NetworkId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The rules of every network at every time, folded from the changes in log order. A network with a policy of its own no longer follows the common one. */
public final class Policies {
    private final List<PolicyInForce> common = new ArrayList<>(List.of(PolicyInForce.BUILT_IN));
    private final Map<String, List<PolicyInForce>> own = new TreeMap<>();

    /** The same, to be changed apart. */
    public Policies copy() {
        Policies copy = new Policies();
        copy.common.clear();
        copy.common.addAll(common);
        own.forEach((network, changes) -> copy.own.put(network, new ArrayList<>(changes)));
        return copy;
    }

    /** Takes the next change. */
    public void on(PolicyChanged changed, long position) {
        NetworkId network = changed.networkId();
        PolicyInForce next =
                new PolicyInForce(network, changed.version(), position, changed.recordedAt(), changed.rules());
        if (network == null) {
            common.add(next);
        } else {
            own.computeIfAbsent(network.value(), first -> new ArrayList<>(common))
                    .add(next);
        }
    }

    /** What holds in the network after the changes taken so far. */
    public PolicyInForce inForce(NetworkId network) {
        return timeline(network).getLast();
    }

    /** The rules that hold in the network after the changes taken so far. */
    public PolicyRules rules(NetworkId network) {
        return inForce(network).rules();
    }

    /** How many half-lives of evidence lie between two instants, each stretch by the half-life of its day; 0 if {@code to} is not later. O(changes). */
    public double halfLives(NetworkId network, Instant from, Instant to) {
        if (!to.isAfter(from)) {
            return 0;
        }
        List<PolicyInForce> timeline = timeline(network);
        double sum = 0;
        Instant end = to;
        for (int i = timeline.size() - 1; i >= 0 && end.isAfter(from); i--) {
            Instant begin = timeline.get(i).since();
            if (i > 0 && !begin.isBefore(end)) {
                continue;
            }
            Instant start = i == 0 || begin.isBefore(from) ? from : begin;
            Duration stretch = Duration.between(start, end);
            sum += (stretch.getSeconds() + stretch.getNano() / 1e9)
                    / timeline.get(i).rules().trust().halfLifeSeconds();
            end = start;
        }
        return sum;
    }

    private List<PolicyInForce> timeline(NetworkId network) {
        return own.getOrDefault(network.value(), common);
    }
}
