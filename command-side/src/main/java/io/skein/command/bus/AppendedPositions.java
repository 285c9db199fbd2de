package io.skein.command.bus;

import io.skein.command.eventlog.PostgresEventStorageEngine;
import java.util.List;
import org.axonframework.commandhandling.CommandMessage;
import org.axonframework.messaging.InterceptorChain;
import org.axonframework.messaging.MessageHandlerInterceptor;
import org.axonframework.messaging.unitofwork.UnitOfWork;

/**
 * Hands the positions that a command's facts got in the log to whoever dispatched it. The storage engine leaves them in the unit of work;
 * the dispatcher's metadata holds the place to put them.
 */
final class AppendedPositions implements MessageHandlerInterceptor<CommandMessage<?>> {
    private static final String PLACE = PostgresEventStorageEngine.POSITIONS + ".place";

    /** Where the positions of one command appear. */
    static final class Place {
        private List<Long> positions = List.of();

        List<Long> positions() {
            return positions;
        }
    }

    static <C> CommandMessage<C> askFor(Place place, CommandMessage<C> command) {
        return command.andMetaData(java.util.Map.of(PLACE, place));
    }

    @Override
    public Object handle(UnitOfWork<? extends CommandMessage<?>> unitOfWork, InterceptorChain chain) throws Exception {
        if (unitOfWork.getMessage().getMetaData().get(PLACE) instanceof Place place) {
            unitOfWork.afterCommit(committed -> {
                List<Long> positions = committed.getResource(PostgresEventStorageEngine.POSITIONS);
                place.positions = positions == null ? List.of() : List.copyOf(positions);
            });
        }
        return chain.proceed();
    }
}
