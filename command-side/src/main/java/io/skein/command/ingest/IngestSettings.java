package io.skein.command.ingest;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How much the doors let in at once; what is beyond is refused as overloaded instead of filling the memory.
 *
 * @param maxMessagesInFlight messages being recorded at one time, over all doors
 * @param maxBytesInFlight their size as sent
 * @param overloadWait how long a batch waits for room before it is refused
 * @param maxRequestSize an HTTP body that is no stream of lines, after decompression
 * @param maxCompressedRatio a compressed body that grows by more is refused
 */
@Validated
@ConfigurationProperties("skein.command.ingest")
public record IngestSettings(
        @DefaultValue("20000") @Min(1) int maxMessagesInFlight,
        @DefaultValue("128MB") @NotNull DataSize maxBytesInFlight,
        @DefaultValue("2s") @NotNull Duration overloadWait,
        @DefaultValue("32MB") @NotNull DataSize maxRequestSize,
        @DefaultValue("200") @Min(1) int maxCompressedRatio) {}
