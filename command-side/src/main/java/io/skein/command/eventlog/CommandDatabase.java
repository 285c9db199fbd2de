package io.skein.command.eventlog;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where the log is.
 *
 * @param url JDBC address of the PostgreSQL database
 * @param username login role, member of {@code skein_command}
 * @param password of that role; there is no default
 * @param maxConnections most connections of this side at once
 */
@Validated
@ConfigurationProperties("skein.command.database")
public record CommandDatabase(
        @NotBlank String url,
        @DefaultValue("skein_command_app") @NotBlank String username,
        @DefaultValue("") String password,
        @DefaultValue("16") @Min(4) @Max(200) int maxConnections) {}
