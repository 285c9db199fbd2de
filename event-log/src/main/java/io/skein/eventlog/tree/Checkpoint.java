package io.skein.eventlog.tree;

import java.util.Base64;

/**
 * What a log says about itself (C2SP tlog-checkpoint): the root over its first events.
 *
 * @param origin name of the log
 * @param size number of events
 */
public record Checkpoint(String origin, long size, byte[] root) {

    /** The note's text: origin, size, root, one a line. */
    public String text() {
        return origin + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root) + "\n";
    }

    /** @throws IllegalArgumentException if the text is no checkpoint */
    public static Checkpoint parse(String text) {
        String[] lines = text.split("\n", -1);
        if (lines.length < 4 || lines[0].isEmpty()) {
            throw new IllegalArgumentException(
                    "checkpoint has " + (lines.length - 1) + " lines; expected origin, size and root");
        }
        if (!lines[1].matches("0|[1-9][0-9]{0,17}")) {
            throw new IllegalArgumentException("checkpoint's size is no number without leading zeros");
        }
        byte[] root = Base64.getDecoder().decode(lines[2]);
        if (root.length != Hashes.SIZE) {
            throw new IllegalArgumentException(
                    "checkpoint's root has " + root.length + " bytes; expected " + Hashes.SIZE);
        }
        return new Checkpoint(lines[0], Long.parseLong(lines[1]), root);
    }

    /** The root as text. */
    public String rootBase64() {
        return Base64.getEncoder().encodeToString(root);
    }
}
