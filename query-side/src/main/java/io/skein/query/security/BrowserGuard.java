package io.skein.query.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/** Puts the security headers on every answer, and refuses a call under a name that is not this server's. */
final class BrowserGuard extends OncePerRequestFilter {
    static final String CONTENT_SECURITY_POLICY = "default-src 'self'; connect-src 'self' ws: wss:; style-src 'self'"
            + " 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors"
            + " 'none'";

    private static final String REFUSAL = """
            {"type":"about:blank","title":"Misdirected Request","status":421,"reason":"invalid","field":"Host",\
            "detail":"this server is not called by that name; expected localhost, 127.0.0.1, [::1] or one of skein.allowed-hosts"}""";

    private final @Nullable HostCheck hosts;

    /** @param hosts null where every name is allowed */
    BrowserGuard(@Nullable HostCheck hosts) {
        this.hosts = hosts;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        response.setHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        if (request.getRequestURI().startsWith("/v1/")) {
            response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        }
        if (hosts != null && !hosts.allows(request.getHeader(HttpHeaders.HOST))) {
            response.setStatus(HttpStatus.MISDIRECTED_REQUEST.value());
            response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
            response.getOutputStream().write(REFUSAL.getBytes(StandardCharsets.UTF_8));
            return;
        }
        chain.doFilter(request, response);
    }
}
