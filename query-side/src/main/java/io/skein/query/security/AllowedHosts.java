package io.skein.query.security;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Names under which this server may be called, beside the loopback ones.
 *
 * @param allowedHosts host names or addresses, without port
 */
@ConfigurationProperties("skein")
record AllowedHosts(@DefaultValue List<String> allowedHosts) {}
