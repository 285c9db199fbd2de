package io.skein.query.web;

import io.skein.query.reading.ConsistentReads;
import io.skein.query.reading.Moment;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.axonframework.messaging.GenericMessage;
import org.axonframework.queryhandling.QueryGateway;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Puts a question on the query bus and waits for the answer; handlers run in the asking thread, under the statement timeout. Where the call has
 * the parameter {@code at}, the question is of then.
 */
@Component
final class Ask {
    static final String AT = "at";
    private static final String RESOLVED = Ask.class.getName() + ".at";

    private final QueryGateway gateway;
    private final ConsistentReads reads;

    Ask(@Qualifier("queryGateway") QueryGateway queryGateway, ConsistentReads reads) {
        this.gateway = queryGateway;
        this.reads = reads;
    }

    /** @param type of the answer; its type arguments are those that the query documents */
    <R> R of(Object query, Class<? super R> type) {
        @Nullable Long at = at();
        try {
            return gateway.query(
                            query.getClass().getName(),
                            at == null ? query : new GenericMessage<>(query, Map.of(Moment.METADATA, at)),
                            new AnswerType<R>(type))
                    .join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failure;
        }
    }

    /** The position that the call is of, the same for all its questions; null for now. */
    private @Nullable Long at() {
        if (!(RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes call)) {
            return null;
        }
        @Nullable String text = call.getRequest().getParameter(AT);
        if (text == null) {
            return null;
        }
        if (call.getRequest().getAttribute(RESOLVED) instanceof Long resolved) {
            return resolved;
        }
        @Nullable Long position = Asked.positionOrNull(text);
        long resolved = reads.resolve(position, position == null ? Asked.instant(AT, text) : null);
        call.getRequest().setAttribute(RESOLVED, resolved);
        return resolved;
    }
}
