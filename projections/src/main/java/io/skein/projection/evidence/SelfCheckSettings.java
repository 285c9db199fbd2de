package io.skein.projection.evidence;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the log is read again and compared: {@code skein.self-check.*}.
 *
 * @param eventsPerSecond most events read again in a second, 1 or more; 0: never
 * @param pause between two passes over the whole log
 * @param trustedFolder holds {@code public.keys} and {@code checkpoints} as the signer writes them, outside the database; empty: only what the database says is compared
 */
@ConfigurationProperties(prefix = "skein.self-check", ignoreUnknownFields = false)
public record SelfCheckSettings(
        @DefaultValue("2000") int eventsPerSecond,
        @DefaultValue("1m") Duration pause,
        @DefaultValue("") String trustedFolder) {
    public SelfCheckSettings {
        if (eventsPerSecond < 0) {
            throw new IllegalArgumentException(
                    "skein.self-check.events-per-second is " + eventsPerSecond + "; expected 0 or more");
        }
        if (pause.isNegative()) {
            throw new IllegalArgumentException("skein.self-check.pause is " + pause + "; expected 0 or more");
        }
    }
}
