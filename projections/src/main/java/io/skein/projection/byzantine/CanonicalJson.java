package io.skein.projection.byzantine;

import io.skein.eventlog.KernelJson;
import io.skein.kernel.message.JsonText;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** JSON in the one form that equal values share (RFC 8785): members by UTF-16 order, numbers as ECMAScript writes doubles. */
final class CanonicalJson {
    private CanonicalJson() {}

    static String of(JsonText text) {
        return of(KernelJson.mapper().readTree(text.value()));
    }

    static String of(JsonNode node) {
        StringBuilder out = new StringBuilder();
        write(out, node);
        return out.toString();
    }

    private static void write(StringBuilder out, JsonNode node) {
        if (node.isObject()) {
            List<String> names = new ArrayList<>(node.propertyNames());
            // String.compareTo compares UTF-16 code units, as RFC 8785 asks.
            names.sort(String::compareTo);
            out.append('{');
            for (int i = 0; i < names.size(); i++) {
                out.append(i == 0 ? "" : ",");
                string(out, names.get(i));
                out.append(':');
                write(out, node.get(names.get(i)));
            }
            out.append('}');
        } else if (node.isArray()) {
            out.append('[');
            for (int i = 0; i < node.size(); i++) {
                out.append(i == 0 ? "" : ",");
                write(out, node.get(i));
            }
            out.append(']');
        } else if (node.isString()) {
            string(out, node.stringValue());
        } else if (node.isNumber()) {
            number(out, node.asDouble());
        } else {
            out.append(node.asString("null"));
        }
    }

    static void number(StringBuilder out, double value) {
        if (value == 0) {
            out.append('0');
            return;
        }
        if (Double.isInfinite(value) || Double.isNaN(value)) {
            // Beyond a double; RFC 8785 has no form for it. All such are taken as the same, so that nobody is accused.
            out.append("beyond");
            return;
        }
        if (value < 0) {
            out.append('-');
        }
        BigDecimal shortest = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
        if (shortest.precision() == 2) {
            // Double.toString never gives one digit alone; ECMAScript does where one is enough.
            BigDecimal one = shortest.round(new MathContext(1));
            shortest = one.doubleValue() == Math.abs(value) ? one.stripTrailingZeros() : shortest;
        }
        String digits = shortest.unscaledValue().toString();
        int length = digits.length();
        int point = length - shortest.scale();
        if (length <= point && point <= 21) {
            out.append(digits).append("0".repeat(point - length));
        } else if (0 < point && point <= 21) {
            out.append(digits, 0, point).append('.').append(digits, point, length);
        } else if (-6 < point && point <= 0) {
            out.append("0.").append("0".repeat(-point)).append(digits);
        } else {
            out.append(digits.charAt(0));
            if (length > 1) {
                out.append('.').append(digits, 1, length);
            }
            out.append('e').append(point > 0 ? '+' : '-').append(Math.abs(point - 1));
        }
    }

    private static void string(StringBuilder out, String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\t' -> out.append("\\t");
                case '\n' -> out.append("\\n");
                case '\f' -> out.append("\\f");
                case '\r' -> out.append("\\r");
                default -> {
                    if (c < 0x20) {
                        out.append("\\u00")
                                .append(Character.forDigit(c >> 4, 16))
                                .append(Character.forDigit(c & 15, 16));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
