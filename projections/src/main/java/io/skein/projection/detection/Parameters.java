package io.skein.projection.detection;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A detector's parameters as names and values, from its policy record and back; components are whole numbers, decimals or truth values. */
public final class Parameters {
    private Parameters() {}

    /** Name and value of each component. */
    public static SortedMap<String, String> of(Record policy) {
        SortedMap<String, String> parameters = new TreeMap<>();
        for (RecordComponent component : policy.getClass().getRecordComponents()) {
            parameters.put(component.getName(), String.valueOf(value(policy, component)));
        }
        return parameters;
    }

    /**
     * The policy with other values.
     *
     * @throws IllegalArgumentException if a name is no parameter, or a value is none of its kind or not allowed
     */
    public static <R extends Record> R with(R policy, Map<String, String> changes) {
        RecordComponent[] components = policy.getClass().getRecordComponents();
        Map<String, String> left = new TreeMap<>(changes);
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            String change = left.remove(components[i].getName());
            values[i] = change == null ? value(policy, components[i]) : parsed(components[i], change);
        }
        if (!left.isEmpty()) {
            throw new IllegalArgumentException("no such parameter: " + left.keySet() + "; expected some of "
                    + of(policy).keySet());
        }
        try {
            @SuppressWarnings("unchecked") // the policy's own class
            Class<R> type = (Class<R>) policy.getClass();
            var constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException refused) {
            throw new IllegalArgumentException(
                    "parameters " + changes + " are not allowed: "
                            + refused.getTargetException().getMessage(),
                    refused);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("a record has its constructor", impossible);
        }
    }

    private static Object value(Record policy, RecordComponent component) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(policy);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("a record has its accessors", impossible);
        }
    }

    private static Object parsed(RecordComponent component, String value) {
        Class<?> type = component.getType();
        try {
            if (type == int.class) {
                return Integer.parseInt(value);
            }
            if (type == long.class) {
                return Long.parseLong(value);
            }
            if (type == double.class) {
                return Double.parseDouble(value);
            }
        } catch (NumberFormatException other) {
            throw new IllegalArgumentException(
                    "parameter " + component.getName() + ": " + value + " found; expected a number", other);
        }
        throw new IllegalStateException("parameter " + component.getName() + " is of kind " + type);
    }
}
