package io.skein.command.policy;

import io.skein.command.decision.Decision;
import io.skein.kernel.policy.ChangePolicy;
import io.skein.kernel.policy.PolicyChanged;
import io.skein.kernel.policy.PolicyRules;
import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rules of a policy, without framework, clock or database. */
final class PolicyDecider {
    private PolicyDecider() {}

    /**
     * What a decision needs to know.
     *
     * @param version of the newest change; 0 where there was none
     * @param rules of the newest change
     */
    record State(long version, @Nullable PolicyRules rules) {
        static final State NONE = new State(0, null);
    }

    /** @param now Skein's clock */
    static Decision<PolicyChanged> decide(State state, ChangePolicy command, Instant now) {
        Optional<Refusal> complaint = command.rules().complaint();
        if (complaint.isPresent()) {
            return new Decision.Refused<>(complaint.get());
        }
        Long expected = command.ifVersion();
        if (expected != null && expected != state.version()) {
            return Decision.refuse(
                    Reason.NOT_ALLOWED_NOW,
                    "version",
                    command.policy() + " is at version " + state.version() + "; expected " + expected
                            + ", from which the change was made");
        }
        if (command.rules().equals(state.rules())) {
            return Decision.accept();
        }
        return Decision.accept(new PolicyChanged(
                command.policy().networkId(),
                state.version() + 1,
                command.rules(),
                command.reason(),
                command.by(),
                now));
    }

    static State evolve(PolicyChanged changed) {
        return new State(changed.version(), changed.rules());
    }
}
