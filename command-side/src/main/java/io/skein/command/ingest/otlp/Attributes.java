package io.skein.command.ingest.otlp;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Attributes by name; of one that is given twice, the last. */
final class Attributes {
    private final Map<String, AnyValue> values;

    private Attributes(Map<String, AnyValue> values) {
        this.values = values;
    }

    static Attributes of(List<KeyValue> attributes) {
        Map<String, AnyValue> values = new LinkedHashMap<>();
        attributes.forEach(attribute -> values.put(attribute.getKey(), attribute.getValue()));
        return new Attributes(values);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    @Nullable
    AnyValue value(String name) {
        return values.get(name);
    }

    /** The first of the names that has a text, a number or a truth value that is not empty. */
    @Nullable
    String text(String... names) {
        for (String name : names) {
            AnyValue value = values.get(name);
            if (value == null) {
                continue;
            }
            String text = switch (value.getValueCase()) {
                case STRING_VALUE -> value.getStringValue();
                case INT_VALUE -> Long.toString(value.getIntValue());
                case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
                case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
                default -> "";
            };
            if (!text.isEmpty()) {
                return text;
            }
        }
        return null;
    }

    /** Which of the names {@link #text} took; the first, if none. */
    String nameOf(String... names) {
        for (String name : names) {
            if (text(name) != null) {
                return name;
            }
        }
        return names[0];
    }
}
