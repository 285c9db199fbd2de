package io.skein.query.live;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whose pages may open the live stream, beside the server's own.
 *
 * @param allowedOrigins as {@code https://ops.example.com}
 */
@ConfigurationProperties("skein.query")
record AllowedOrigins(@DefaultValue List<String> allowedOrigins) {}
