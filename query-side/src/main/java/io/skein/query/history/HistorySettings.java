package io.skein.query.history;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What history tells.
 *
 * @param showContent whether one event is shown with what its message said
 */
@Validated
@ConfigurationProperties("skein.query.history")
record HistorySettings(@DefaultValue("false") boolean showContent) {}
