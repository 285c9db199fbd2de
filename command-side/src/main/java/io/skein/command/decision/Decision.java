package io.skein.command.decision;

import io.skein.kernel.problem.Reason;
import io.skein.kernel.problem.Refusal;
import io.skein.kernel.problem.RefusedException;
import java.util.List;

/** What a decider answers to a command. */
public sealed interface Decision<E> {
    /** The facts to keep, in order; none where the command changes nothing. */
    record Accepted<E>(List<E> events) implements Decision<E> {
        public Accepted {
            events = List.copyOf(events);
        }
    }

    /** Nothing is kept. */
    record Refused<E>(Refusal refusal) implements Decision<E> {}

    @SafeVarargs
    static <E> Decision<E> accept(E... events) {
        return new Accepted<>(List.of(events));
    }

    static <E> Decision<E> accept(List<E> events) {
        return new Accepted<>(events);
    }

    /** @param field the command's field at fault; empty where it is the whole */
    static <E> Decision<E> refuse(Reason reason, String field, String detail) {
        return new Refused<>(new Refusal(reason, field, detail));
    }

    /**
     * The facts.
     *
     * @throws RefusedException if the command was refused
     */
    default List<E> events() {
        return switch (this) {
            case Accepted<E>(List<E> facts) -> facts;
            case Refused<E>(Refusal refusal) -> throw new RefusedException(refusal);
        };
    }
}
