package io.skein.standalone.demo;

import io.skein.kernel.message.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request and what the asked agent does before it answers: the steps, one after the other.
 *
 * @param gpuPercent share of the GPU that the asked agent borrows from the scheduler for its steps; 0 for none
 */
record Work(
        String agent,
        String request,
        String answer,
        long thinkMillis,
        Outcome outcome,
        int gpuPercent,
        List<Work> steps) {
    Work {
        steps = List.copyOf(steps);
    }

    int messages() {
        int own = gpuPercent > 0 ? 5 : 2;
        return own + steps.stream().mapToInt(Work::messages).sum();
    }

    /** The first agent on this branch that asks somebody who still waits for it, if there is one. */
    @Nullable
    String reentry(List<String> waiting) {
        if (waiting.contains(agent)) {
            return agent;
        }
        List<String> deeper = new ArrayList<>(waiting);
        deeper.add(agent);
        for (Work step : steps) {
            String found = step.reentry(deeper);
            if (found != null) {
                return found;
            }
        }
        return null;
    }
}
