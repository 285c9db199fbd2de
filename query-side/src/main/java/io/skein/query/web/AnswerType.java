package io.skein.query.web;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import org.axonframework.messaging.responsetypes.AbstractResponseType;

/** An answer of a generic class, whatever its type arguments: the query says which they are, so one query has one handler. */
final class AnswerType<R> extends AbstractResponseType<R> {

    @SuppressWarnings("unchecked")
    AnswerType(Class<? super R> type) {
        super((Class<R>) type);
    }

    @Override
    public boolean matches(Type responseType) {
        Type raw = responseType instanceof ParameterizedType generic ? generic.getRawType() : responseType;
        return raw.equals(expectedResponseType);
    }

    @Override
    @SuppressWarnings("unchecked")
    public Class<R> responseMessagePayloadType() {
        return (Class<R>) expectedResponseType;
    }

    @Override
    public String toString() {
        return "AnswerType{" + expectedResponseType + "}";
    }
}
