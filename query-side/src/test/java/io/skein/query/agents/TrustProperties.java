package io.skein.query.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.skein.kernel.trust.BetaQuantile;
import java.math.BigDecimal;
import java.math.MathContext;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** The shown bounds are the 5 % and 95 % quantiles of the belief. */
class TrustProperties {

    @Property(tries = 300)
    void a_twentieth_of_the_belief_lies_beyond_each_bound(
            @ForAll @IntRange(min = 1, max = 60) int good, @ForAll @IntRange(min = 1, max = 60) int bad) {
        Trust trust = Trust.of(good, bad);

        assertThat(trust.mean()).isEqualTo(100.0 * good / (good + bad), within(0.0005));
        // The bounds are rounded to a thousandth, so the share beyond them lies between those of the neighbours.
        assertThat(below(trust.low() - 0.0006, good, bad)).isLessThanOrEqualTo(0.05);
        assertThat(below(trust.low() + 0.0006, good, bad)).isGreaterThanOrEqualTo(0.05);
        assertThat(below(trust.high() - 0.0006, good, bad)).isLessThanOrEqualTo(0.95);
        assertThat(below(trust.high() + 0.0006, good, bad)).isGreaterThanOrEqualTo(0.95);
    }

    @Property(tries = 300)
    void the_mean_of_a_belief_lies_between_its_bounds_or_they_are_at_an_end(
            @ForAll @DoubleRange(min = 0.5, max = 1e7) double good,
            @ForAll @DoubleRange(min = 0.5, max = 1e7) double bad) {
        Trust trust = Trust.of(good, bad);

        assertThat(trust.low()).isBetween(0.0, trust.high());
        assertThat(trust.high()).isLessThanOrEqualTo(100.0);
        assertThat(trust.mean()).isBetween(trust.low() - 0.001, trust.high() + 0.001);
    }

    /** What decides, and what people are shown, come of two implementations. */
    @Property(tries = 300)
    void the_bound_that_decides_is_the_bound_that_is_shown(
            @ForAll @DoubleRange(min = 0.05, max = 1e5) double good,
            @ForAll @DoubleRange(min = 0.05, max = 1e5) double bad) {
        assertThat(100 * BetaQuantile.of(0.05, good, bad))
                .isCloseTo(Trust.of(good, bad).low(), within(0.0006));
    }

    @Example
    void weights_of_nothing_are_no_belief() {
        assertThatThrownBy(() -> Trust.of(0, 1)).hasMessageContaining("Beta(0.0, 1.0)");
        assertThatThrownBy(() -> Trust.of(1, Double.NaN)).hasMessageContaining("above 0");
    }

    /** For whole weights the distribution function is a binomial tail, summed here term by term. */
    private static double below(double percent, int good, int bad) {
        double x = Math.clamp(percent / 100, 0, 1);
        int trials = good + bad - 1;
        BigDecimal sum = BigDecimal.ZERO;
        BigDecimal probability = new BigDecimal(x);
        BigDecimal other = BigDecimal.ONE.subtract(probability);
        for (int successes = good; successes <= trials; successes++) {
            sum = sum.add(choose(trials, successes)
                    .multiply(probability.pow(successes, MathContext.DECIMAL64))
                    .multiply(other.pow(trials - successes, MathContext.DECIMAL64), MathContext.DECIMAL64));
        }
        return sum.doubleValue();
    }

    private static BigDecimal choose(int of, int take) {
        BigDecimal ways = BigDecimal.ONE;
        for (int i = 1; i <= take; i++) {
            ways = ways.multiply(BigDecimal.valueOf(of - take + i)).divide(BigDecimal.valueOf(i));
        }
        return ways;
    }
}
