package io.skein.kernel.message;

/**
 * Any JSON value as its compact text: numbers keep the digits their sender wrote, members keep their order. Stands in the event as JSON,
 * not as a string. Only made from text that a parser has accepted.
 */
public record JsonText(String value) {
    /** JSON null. */
    public static final JsonText NULL = new JsonText("null");

    @Override
    public String toString() {
        return value;
    }
}
