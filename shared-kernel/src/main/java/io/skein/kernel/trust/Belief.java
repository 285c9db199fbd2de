package io.skein.kernel.trust;

import io.skein.kernel.id.NetworkId;
import io.skein.kernel.policy.Policies;
import io.skein.kernel.policy.TrustRules;
import java.time.Instant;

/**
 * What is believed of an agent: a Beta distribution, kept as the weights of evidence beyond the prior, as of an instant. Evidence fades with the
 * policy's half-life, in event time; the prior does not.
 *
 * @param ownGood weight of good evidence from what it did, 0 or more
 * @param ownBad weight of bad evidence from what it did, 0 or more
 * @param peerGood weight of what peers said for it, 0 or more, before the cap
 * @param peerBad weight of what peers said against it, 0 or more, before the cap
 */
public record Belief(double ownGood, double ownBad, double peerGood, double peerBad, Instant asOf) {
    private static final double TAIL = 0.05;

    /** Nothing is known but the prior. */
    public static Belief none(Instant at) {
        return new Belief(0, 0, 0, 0, at);
    }

    /** The same later; evidence from before {@code asOf} counts as if it came then. */
    public Belief fadedTo(Instant at, Policies policies, NetworkId network) {
        if (!at.isAfter(asOf)) {
            return this;
        }
        double left = StrictMath.pow(0.5, policies.halfLives(network, asOf, at));
        return new Belief(ownGood * left, ownBad * left, peerGood * left, peerBad * left, at);
    }

    /** With evidence from what the agent did; negative weights give evidence back. */
    public Belief plus(double good, double bad) {
        return new Belief(Math.max(0, ownGood + good), Math.max(0, ownBad + bad), peerGood, peerBad, asOf);
    }

    /** With what a peer says. */
    public Belief plusPeer(double good, double bad) {
        return new Belief(ownGood, ownBad, peerGood + good, peerBad + bad, asOf);
    }

    /** Alpha of the distribution: good evidence with the prior and, as far as they count, the peers. */
    public double good(TrustRules rules) {
        return rules.priorGood() + ownGood + Math.min(rules.peerCap(), peerGood);
    }

    /** Beta of the distribution. */
    public double bad(TrustRules rules) {
        return rules.priorBad() + ownBad + Math.min(rules.peerCap(), peerBad);
    }

    /** 100 × the mean, 0 to 100. */
    public double score(TrustRules rules) {
        double good = good(rules);
        return 100 * good / (good + bad(rules));
    }

    /** Lower bound of the central 90 % interval, 0 to 100. */
    public double lowerBound(TrustRules rules) {
        return 100 * BetaQuantile.of(TAIL, good(rules), bad(rules));
    }
}
