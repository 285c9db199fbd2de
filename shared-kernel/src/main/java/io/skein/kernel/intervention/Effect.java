package io.skein.kernel.intervention;

import org.jspecify.annotations.Nullable;

/**
 * What an intervention changed for the agents that had to do with the one it was about: how they did after it beside how they did before, less the
 * same difference of agents like them that had nothing to do with it.
 *
 * @param beforeSeconds length of the period before
 * @param afterSeconds length of the period after, so far
 * @param isFinal whether the period after is over
 * @param trouble share of an agent's messages that report an error, a timeout or a refusal, 0 to 1
 * @param traffic messages an agent sends in a minute
 */
public record Effect(double beforeSeconds, double afterSeconds, boolean isFinal, Measure trouble, Measure traffic) {
    /**
     * One figure. Below 0 is less of it.
     *
     * @param effect matched difference in differences; null where there is nobody to compare with
     * @param low lower bound of its 90 % interval; null for fewer than two agents on either side
     * @param high upper bound
     * @param placebo the same one period earlier, when nothing was done: what this measure shows by chance and by trend
     * @param naive after less before without comparison; it nearly always looks good
     * @param agents how many that had to do with it were looked at
     * @param compared how many others they were compared with
     */
    public record Measure(
            @Nullable Double effect,
            @Nullable Double low,
            @Nullable Double high,
            @Nullable Double placebo,
            @Nullable Double naive,
            int agents,
            int compared) {}
}
