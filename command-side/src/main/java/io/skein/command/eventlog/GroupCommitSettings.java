package io.skein.command.eventlog;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How appends are gathered into durable commits.
 *
 * @param maxEvents most events of one commit
 * @param maxWait longest time a commit waits for more appends while the log is busy; none is waited when it is idle
 * @param timeout how long an append may take before its command fails
 */
@Validated
@ConfigurationProperties("skein.command.group-commit")
public record GroupCommitSettings(
        @DefaultValue("4096") @Min(1) @Max(100_000) int maxEvents,
        @DefaultValue("2ms") Duration maxWait,
        @DefaultValue("30s") Duration timeout) {
    /** @throws IllegalArgumentException if a duration is negative or the wait is above 100 ms */
    public GroupCommitSettings {
        if (maxWait.isNegative() || maxWait.toMillis() > 100) {
            throw new IllegalArgumentException(
                    "skein.command.group-commit.max-wait is " + maxWait + "; expected 0 to 100 ms");
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException(
                    "skein.command.group-commit.timeout is " + timeout + "; expected more than 0");
        }
    }

    /** The defaults, for use without configuration files. */
    public static GroupCommitSettings defaults() {
        return new GroupCommitSettings(4096, Duration.ofMillis(2), Duration.ofSeconds(30));
    }
}
