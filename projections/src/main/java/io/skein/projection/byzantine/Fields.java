package io.skein.projection.byzantine;

import io.skein.kernel.message.Claim;
import io.skein.kernel.message.JsonText;
import io.skein.kernel.message.Message;

/** What the detectors of this package read from a message. */
final class Fields {
    private Fields() {}

    static String conversation(Message message) {
        return message.conversationId() == null ? "" : message.conversationId().value();
    }

    /** The sender's run, as canonical JSON; empty where it names none. */
    static String epoch(Message message) {
        JsonText epoch = message.metadata().get("epoch");
        if (epoch == null) {
            return "";
        }
        String raw = epoch.value();
        return shorter(isCanonical(raw) ? raw : CanonicalJson.of(epoch), 128);
    }

    /** Strings and whole numbers that a double holds exactly stand in the log in their one form already. */
    private static boolean isCanonical(String raw) {
        if (raw.startsWith("\"")) {
            return true;
        }
        if (raw.length() > 15 || (raw.startsWith("0") && raw.length() > 1)) {
            return false;
        }
        for (int i = 0; i < raw.length(); i++) {
            if (raw.charAt(i) < '0' || raw.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    static long sequence(Message message) {
        return message.sequence() == null ? -1 : message.sequence();
    }

    /**
     * What must be the same when a message is said again: type, content, claims and declared statements. Targets, cause, clock and other metadata
     * may differ in an honest retry.
     */
    static Digest said(Message message) {
        StringBuilder text = new StringBuilder(message.type().name());
        JsonText content = message.content();
        if (content != null) {
            String raw = content.value();
            text.append('\u0001').append(raw.startsWith("{") || raw.startsWith("[") ? CanonicalJson.of(content) : raw);
        }
        for (Claim claim : message.claims()) {
            text.append('\u0002')
                    .append(claim.action())
                    .append(' ')
                    .append(claim.amount())
                    .append(' ')
                    .append(claim.resource());
        }
        for (String name : Statements.NAMES) {
            JsonText declared = message.metadata().get(name);
            if (declared != null) {
                text.append('\u0003').append(name).append(CanonicalJson.of(declared));
            }
        }
        return Digest.of(text);
    }

    static String shorter(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }
}
