package io.skein.standalone.client;

import org.jspecify.annotations.Nullable;

/**
 * What the server said to one message.
 *
 * @param messageId as far as the server could read it
 * @param position in the log, where it has one
 */
public record Answer(
        Status status,
        @Nullable String messageId,
        @Nullable Long position,
        @Nullable Problem problem) {
    /** How it went. */
    public enum Status {
        RECORDED,
        DUPLICATE,
        BLOCKED,
        REFUSED
    }

    /** Why it was refused. */
    public record Problem(
            String reason, @Nullable String field, @Nullable String detail) {
        @Override
        public String toString() {
            return reason + (field == null ? "" : " (" + field + ")") + (detail == null ? "" : ": " + detail);
        }
    }

    /** Refused before it was sent. */
    public static Answer refused(String reason, String detail) {
        return new Answer(Status.REFUSED, null, null, new Problem(reason, null, detail));
    }
}
