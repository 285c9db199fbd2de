package io.skein.command.bus;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How commands are handled.
 *
 * @param cachedAggregates of each type, held in memory between commands; each is some hundred bytes
 */
@Validated
@ConfigurationProperties("skein.command.bus")
public record CommandBusSettings(
        @DefaultValue("100000") @Min(1) int cachedAggregates) {}
