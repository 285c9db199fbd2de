package io.skein.command.ingest;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What operators may see of dead letters.
 *
 * @param showContent whether their content may be asked for as it came; each such question is recorded in the log
 */
@Validated
@ConfigurationProperties("skein.command.dead-letters")
public record DeadLetterSettings(@DefaultValue("false") boolean showContent) {}
