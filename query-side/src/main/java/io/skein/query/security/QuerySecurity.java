package io.skein.query.security;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

@Configuration(proxyBeanMethods = false)
class QuerySecurity {

    /** Checks the host where the server is bound to loopback, or where names were configured. */
    @Bean
    FilterRegistrationBean<BrowserGuard> queryBrowserGuard(AllowedHosts allowed, ServerProperties server) {
        @Nullable InetAddress address = server.getAddress();
        boolean checked = (address != null && address.isLoopbackAddress())
                || !allowed.allowedHosts().isEmpty();
        FilterRegistrationBean<BrowserGuard> registration =
                new FilterRegistrationBean<>(new BrowserGuard(checked ? new HostCheck(allowed.allowedHosts()) : null));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }
}
