package io.skein.query.web;

import java.util.concurrent.CompletionException;
import org.axonframework.queryhandling.QueryGateway;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/** Puts a question on the query bus and waits for the answer; handlers run in the asking thread, under the statement timeout. */
@Component
final class Ask {
    private final QueryGateway gateway;

    Ask(@Qualifier("queryGateway") QueryGateway queryGateway) {
        this.gateway = queryGateway;
    }

    /** @param type of the answer; its type arguments are those that the query documents */
    <R> R of(Object query, Class<? super R> type) {
        try {
            return gateway.query(query, new AnswerType<R>(type)).join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failure;
        }
    }
}
