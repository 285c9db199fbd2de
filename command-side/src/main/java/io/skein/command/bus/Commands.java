package io.skein.command.bus;

import java.util.List;
import org.axonframework.commandhandling.CommandBus;
import org.axonframework.commandhandling.CommandMessage;
import org.axonframework.commandhandling.CommandResultMessage;
import org.axonframework.commandhandling.GenericCommandMessage;
import org.jspecify.annotations.Nullable;

/** Sends commands and waits for their facts to be durable. */
public final class Commands {
    private final CommandBus bus;

    Commands(CommandBus bus) {
        this.bus = bus;
    }

    /**
     * What came of a command.
     *
     * @param positions of its facts in the log, in their order; empty where it changed nothing
     */
    public record Answer(@Nullable Object result, List<Long> positions) {}

    /**
     * Runs the command on the calling thread.
     *
     * @throws RuntimeException what the decider or the log threw; then nothing was recorded
     */
    public Answer send(Object command) {
        AppendedPositions.Place place = new AppendedPositions.Place();
        CommandMessage<Object> message =
                AppendedPositions.askFor(place, GenericCommandMessage.asCommandMessage(command));
        Outcome outcome = new Outcome();
        bus.dispatch(message, (sent, result) -> outcome.answered = result);
        CommandResultMessage<?> answered = outcome.answered;
        if (answered == null) {
            throw new IllegalStateException("the command bus has not answered "
                    + command.getClass().getSimpleName() + " on the calling thread; expected that it does");
        }
        if (answered.isExceptional()) {
            Throwable cause = answered.exceptionResult();
            if (cause instanceof Error error) {
                throw error;
            }
            throw cause instanceof RuntimeException failure
                    ? failure
                    : new IllegalStateException(command.getClass().getSimpleName() + " failed", cause);
        }
        return new Answer(answered.getPayload(), place.positions());
    }

    private static final class Outcome {
        private @Nullable CommandResultMessage<?> answered;
    }
}
