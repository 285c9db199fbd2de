package io.skein.query.reading;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Questions of the past.
 *
 * @param patience how long a question waits for its tables to be made before it is told to come again
 */
@Validated
@ConfigurationProperties("skein.query.past")
public record PastQuery(@DefaultValue("8s") @NotNull Duration patience) {}
