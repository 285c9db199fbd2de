package io.skein.projection;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the projections run: {@code skein.projections.*}.
 *
 * @param database where the log and the read tables are
 * @param batchSize events of one transaction at most, 1 to 5,000
 * @param attempts how often an event may fail before it is parked, 1 or more
 * @param checkpointEvery events between two checkpoints of detectors' memory, 1 or more
 */
@ConfigurationProperties(prefix = "skein.projections", ignoreUnknownFields = false)
public record ProjectionsSettings(
        Database database,
        @DefaultValue("5000") int batchSize,
        @DefaultValue("4") int attempts,
        @DefaultValue("200000") long checkpointEvery) {

    /** @param maxConnections 8 or more: each projection works on one and may ask the log on another */
    public record Database(
            String url,
            String username,
            @Nullable String password,
            @DefaultValue("32") int maxConnections) {}

    public ProjectionsSettings {
        if (database == null || database.url() == null || database.username() == null) {
            throw new IllegalArgumentException(
                    "skein.projections.database.url and .username are not set; expected the database that holds the log");
        }
        require("batch-size", batchSize, 1, 5_000);
        require("attempts", attempts, 1, 1_000);
        require("checkpoint-every", checkpointEvery, 1, Long.MAX_VALUE);
        require("database.max-connections", database.maxConnections(), 8, 1_000);
    }

    private static void require(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "skein.projections." + key + " is " + value + "; expected " + least + " to " + most);
        }
    }
}
