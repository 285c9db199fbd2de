package io.skein.query.reading;

import org.axonframework.messaging.InterceptorChain;
import org.axonframework.messaging.MessageHandlerInterceptor;
import org.axonframework.messaging.unitofwork.UnitOfWork;
import org.axonframework.queryhandling.QueryMessage;
import org.jspecify.annotations.Nullable;

/** Handles a query that carries a position in its metadata as of that position. */
public final class AsOf implements MessageHandlerInterceptor<QueryMessage<?, ?>> {
    @Override
    public @Nullable Object handle(UnitOfWork<? extends QueryMessage<?, ?>> unit, InterceptorChain chain)
            throws Exception {
        return unit.getMessage().getMetaData().get(Moment.METADATA) instanceof Number position
                ? Moment.during(position.longValue(), chain::proceed)
                : chain.proceed();
    }
}
