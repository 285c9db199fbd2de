package io.skein.command.kafka;

import java.util.Locale;

/**
 * One thing that is wrong between this side and Kafka, in words for who has to change it.
 *
 * @param subject what it is about: a cluster, topic, group or user
 */
public record KafkaTrouble(Kind kind, String subject, String found, String expected, String change) {
    /** What can be wrong. */
    public enum Kind {
        UNKNOWN_HOST,
        UNREACHABLE,
        BAD_CREDENTIALS,
        BAD_TLS,
        MISSING_RIGHT,
        MISSING_TOPIC,
        TOPIC_DIFFERS,
        TOO_FEW_BROKERS,
        TOO_FEW_IN_SYNC,
        RECORD_TOO_LARGE,
        BAD_SETTING,
        LOG_UNAVAILABLE,
        OTHER;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public String toString() {
        return subject + ": " + found + "; expected " + expected + ": " + change;
    }
}
