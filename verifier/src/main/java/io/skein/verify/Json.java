package io.skein.verify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON (RFC 8259) into maps, lists, strings, longs, doubles and booleans; members that are null are left out. */
final class Json {
    private static final int MOST_LEVELS = 64;

    private final String text;
    private int at;
    private int level;

    private Json(String text) {
        this.text = text;
    }

    /** @throws BrokenException if the text is no JSON object */
    static Map<String, Object> object(String text) {
        Json json = new Json(text);
        json.space();
        if (json.at >= text.length() || text.charAt(json.at) != '{') {
            throw json.broken("an object");
        }
        Map<String, Object> object = json.members();
        json.space();
        if (json.at < text.length()) {
            throw json.broken("the end");
        }
        return object;
    }

    /** The member as text. */
    static String text(Map<String, Object> object, String name) {
        if (object.get(name) instanceof String value) {
            return value;
        }
        throw new BrokenException("member '" + name + "' is no text");
    }

    /** The member as a whole number. */
    static long number(Map<String, Object> object, String name) {
        if (object.get(name) instanceof Long value) {
            return value;
        }
        throw new BrokenException("member '" + name + "' is no whole number");
    }

    /** The member as a list of texts. */
    static List<String> texts(Map<String, Object> object, String name) {
        if (object.get(name) instanceof List<?> list) {
            List<String> texts = new ArrayList<>();
            for (Object item : list) {
                if (!(item instanceof String value)) {
                    throw new BrokenException("member '" + name + "' has an item that is no text");
                }
                texts.add(value);
            }
            return texts;
        }
        throw new BrokenException("member '" + name + "' is no list");
    }

    private Map<String, Object> members() {
        enter();
        Map<String, Object> object = new LinkedHashMap<>();
        at++;
        space();
        if (peek() == '}') {
            at++;
        } else {
            while (true) {
                space();
                String name = string();
                space();
                expect(':');
                space();
                if (text.startsWith("null", at)) {
                    at += 4;
                } else if (object.put(name, value()) != null) {
                    throw broken("member '" + name + "' only once");
                }
                space();
                if (peek() == '}') {
                    at++;
                    break;
                }
                expect(',');
            }
        }
        level--;
        return object;
    }

    private List<Object> items() {
        enter();
        List<Object> list = new ArrayList<>();
        at++;
        space();
        if (peek() == ']') {
            at++;
        } else {
            while (true) {
                space();
                list.add(value());
                space();
                if (peek() == ']') {
                    at++;
                    break;
                }
                expect(',');
            }
        }
        level--;
        return list;
    }

    private Object value() {
        char first = peek();
        if (first == '{') {
            return members();
        }
        if (first == '[') {
            return items();
        }
        if (first == '"') {
            return string();
        }
        if (text.startsWith("true", at)) {
            at += 4;
            return Boolean.TRUE;
        }
        if (text.startsWith("false", at)) {
            at += 5;
            return Boolean.FALSE;
        }
        return numeral();
    }

    private Object numeral() {
        int start = at;
        while (at < text.length() && "+-0123456789.eE".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String numeral = text.substring(start, at);
        try {
            if (numeral.matches("-?(0|[1-9][0-9]*)")) {
                return Long.parseLong(numeral);
            }
            if (numeral.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
                return Double.parseDouble(numeral);
            }
        } catch (NumberFormatException tooLarge) {
            throw broken("a number of at most 64 bits");
        }
        at = start;
        throw broken("a value");
    }

    private String string() {
        expect('"');
        StringBuilder value = new StringBuilder();
        while (true) {
            char next = peek();
            at++;
            if (next == '"') {
                return value.toString();
            }
            if (next < ' ') {
                throw broken("no control character in a text");
            }
            if (next != '\\') {
                value.append(next);
                continue;
            }
            char escaped = peek();
            at++;
            switch (escaped) {
                case '"', '\\', '/' -> value.append(escaped);
                case 'b' -> value.append('\b');
                case 'f' -> value.append('\f');
                case 'n' -> value.append('\n');
                case 'r' -> value.append('\r');
                case 't' -> value.append('\t');
                case 'u' -> {
                    try {
                        value.append((char) Integer.parseInt(text, at, at + 4, 16));
                    } catch (NumberFormatException | IndexOutOfBoundsException noCode) {
                        throw broken("four hexadecimal digits");
                    }
                    at += 4;
                }
                default -> throw broken("an escape that there is");
            }
        }
    }

    private void enter() {
        if (++level > MOST_LEVELS) {
            throw broken("at most " + MOST_LEVELS + " levels");
        }
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw broken("more");
        }
        return text.charAt(at);
    }

    private void expect(char wanted) {
        if (peek() != wanted) {
            throw broken("'" + wanted + "'");
        }
        at++;
    }

    private BrokenException broken(String expected) {
        return new BrokenException("at character " + (at + 1) + ": expected " + expected);
    }
}
