package io.skein.query.live;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How the live gateway paces itself.
 *
 * @param interval shortest time between two deltas of a stream
 * @param tick longest time until a change is noticed whose notification was lost; also how often an idle stream tells its position
 * @param maxChanges most rows in a delta; where more changed, clients are told to ask for a snapshot
 * @param recovery shortest time between two calls for snapshots of a stream
 * @param heartbeat STOMP heartbeats, both ways
 * @param sendTimeLimit a client that takes longer to take a message is disconnected
 * @param sendBufferLimit a client for which more waits is disconnected
 * @param maxSubscriptions of one connection
 */
@Validated
@ConfigurationProperties("skein.query.live")
record LiveProperties(
        @DefaultValue("50ms") @NotNull Duration interval,
        @DefaultValue("1s") @NotNull Duration tick,
        @DefaultValue("5000") @Min(1) int maxChanges,
        @DefaultValue("1s") @NotNull Duration recovery,
        @DefaultValue("10s") @NotNull Duration heartbeat,
        @DefaultValue("10s") @NotNull Duration sendTimeLimit,
        @DefaultValue("4MB") @NotNull DataSize sendBufferLimit,
        @DefaultValue("64") @Min(2) int maxSubscriptions) {}
