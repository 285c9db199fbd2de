package io.skein.projection.agents;

import java.time.Duration;
import java.time.Instant;

/**
 * What is believed of an agent: a Beta distribution, prior included, as of an instant. Evidence fades towards the prior with a half-life, in event
 * time; the prior does not fade.
 *
 * @param good alpha, {@value #PRIOR_GOOD} or more
 * @param bad beta, {@value #PRIOR_BAD} or more
 */
record Belief(double good, double bad, Instant asOf) {
    static final double PRIOR_GOOD = 9;
    static final double PRIOR_BAD = 1;
    static final Duration HALF_LIFE = Duration.ofDays(7);

    static Belief prior(Instant asOf) {
        return new Belief(PRIOR_GOOD, PRIOR_BAD, asOf);
    }

    /** The belief after evidence of the given weights; evidence from before {@code asOf} counts as if it came then. */
    Belief with(double moreGood, double moreBad, Instant at) {
        if (!at.isAfter(asOf)) {
            return new Belief(good + moreGood, bad + moreBad, asOf);
        }
        Duration passed = Duration.between(asOf, at);
        double halfLives = (passed.getSeconds() + passed.getNano() / 1e9) / HALF_LIFE.toSeconds();
        double left = StrictMath.pow(0.5, halfLives);
        return new Belief(
                PRIOR_GOOD + (good - PRIOR_GOOD) * left + moreGood, PRIOR_BAD + (bad - PRIOR_BAD) * left + moreBad, at);
    }
}
