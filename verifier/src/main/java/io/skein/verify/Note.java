package io.skein.verify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** A signed note, and the checkpoint that it may be. */
record Note(String text, List<String> signatureLines) {
    private static final String DASH = "— ";

    static Note parse(String note) {
        int end = note.lastIndexOf("\n\n");
        if (end < 0) {
            throw new BrokenException("a signed note has an empty line before its signatures; this has none");
        }
        List<String> lines = note.substring(end + 2).lines().toList();
        if (lines.isEmpty() || !lines.stream().allMatch(line -> line.startsWith(DASH))) {
            throw new BrokenException("a signed note ends with signature lines; this does not");
        }
        return new Note(note.substring(0, end + 1), lines);
    }

    /** All notes of a text that holds one after the other, an empty line between them. */
    static List<Note> parseAll(String text) {
        List<Note> notes = new ArrayList<>();
        StringBuilder note = new StringBuilder();
        boolean signed = false;
        for (String line : (text + "\n").split("\n", -1)) {
            if (line.isEmpty() && signed) {
                notes.add(parse(note.toString()));
                note.setLength(0);
                signed = false;
            } else if (!line.isEmpty() || !note.isEmpty()) {
                note.append(line).append('\n');
                signed = line.startsWith(DASH);
            }
        }
        return notes;
    }

    Optional<Key> signedBy(Collection<Key> keys) {
        for (String line : signatureLines) {
            int space = line.indexOf(' ', DASH.length());
            if (space < 0) {
                continue;
            }
            String name = line.substring(DASH.length(), space);
            byte[] bytes = Event.base64(line.substring(space + 1));
            for (Key key : keys) {
                if (bytes.length > 4
                        && key.name().equals(name)
                        && key.id().equals(HexFormat.of().formatHex(bytes, 0, 4))
                        && key.signed(text, Arrays.copyOfRange(bytes, 4, bytes.length))) {
                    return Optional.of(key);
                }
            }
        }
        return Optional.empty();
    }

    String origin() {
        return line(0);
    }

    long size() {
        try {
            return Long.parseLong(line(1));
        } catch (NumberFormatException noNumber) {
            throw new BrokenException("a checkpoint's second line is a number; this is '" + line(1) + "'");
        }
    }

    byte[] root() {
        byte[] root = Event.base64(line(2));
        if (root.length != 32) {
            throw new BrokenException("a checkpoint's root has 32 bytes; this has " + root.length);
        }
        return root;
    }

    private String line(int number) {
        String[] lines = text.split("\n");
        if (number >= lines.length) {
            throw new BrokenException("a checkpoint has three lines; this has " + lines.length);
        }
        return lines[number];
    }
}
