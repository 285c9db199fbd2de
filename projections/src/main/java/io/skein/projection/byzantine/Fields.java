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
        return epoch == null ? "" : shorter(CanonicalJson.of(epoch), 128);
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
        return Digest.of(text.toString());
    }

    static String shorter(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }
}
