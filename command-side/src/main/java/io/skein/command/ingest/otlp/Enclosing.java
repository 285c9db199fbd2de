package io.skein.command.ingest.otlp;

/** The nearest invocation around a span, as far as it is known. All but {@link Unknown} are final. */
sealed interface Enclosing {
    /**
     * @param around the invocation, the caller's view of it where there are two
     * @param entered whether the callee's view of the same invocation lies between it and the span
     */
    record Within(Place around, boolean entered) implements Enclosing {}

    /** Nothing up to the root of the trace invokes anybody. */
    record Outermost() implements Enclosing {}

    /** A span above did not come in time. */
    record Lost() implements Enclosing {}

    /** A span above has not come yet. */
    record Unknown() implements Enclosing {}
}
