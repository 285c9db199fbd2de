package io.skein.kernel.id;

/** The one rule of every id: 1 to 256 printable characters. */
public final class Ids {
    public static final int MAX_CHARACTERS = 256;

    private Ids() {}

    /** Whether the value may serve as an id: 1 to 256 characters (code points), none of them a control or an unpaired surrogate. */
    public static boolean isValid(String value) {
        return complaint(value).isEmpty();
    }

    /** What is wrong with the value, or an empty string. O(length). */
    public static String complaint(String value) {
        if (value.isEmpty()) {
            return "is empty; expected 1 to 256 printable characters";
        }
        if (isPlain(value)) {
            return "";
        }
        int characters = value.codePointCount(0, value.length());
        if (characters > MAX_CHARACTERS) {
            return "has " + characters + " characters; expected at most " + MAX_CHARACTERS;
        }
        for (int i = 0; i < value.length(); ) {
            int point = value.codePointAt(i);
            if (!isPrintable(point)) {
                return "has the unprintable character U+%04X at index %d".formatted(point, i);
            }
            i += Character.charCount(point);
        }
        return value.isBlank() ? "is blank; expected 1 to 256 printable characters" : "";
    }

    // Nearly every id: short, visible ASCII.
    private static boolean isPlain(String value) {
        for (int i = 0; i < value.length(); i++) {
            char unit = value.charAt(i);
            if (unit <= ' ' || unit > '~') {
                return false;
            }
        }
        return value.length() <= MAX_CHARACTERS;
    }

    private static boolean isPrintable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    static void check(String what, String value) {
        String complaint = complaint(value);
        if (!complaint.isEmpty()) {
            throw new IllegalArgumentException(what + " " + complaint);
        }
    }
}
