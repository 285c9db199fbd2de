package io.skein.query.security;

import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells the names under which this server may be called from others. A page of a foreign site whose name an attacker made point to
 * loopback sends that site's name; it must not be answered (DNS rebinding).
 */
final class HostCheck {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Set<String> allowed = new HashSet<>(LOOPBACK);

    HostCheck(Collection<String> alsoAllowed) {
        alsoAllowed.forEach(host -> allowed.add(host.toLowerCase(Locale.ROOT)));
    }

    /** @param header the Host header: a name or address, with or without port */
    boolean allows(@Nullable String header) {
        return header != null && allowed.contains(name(header.toLowerCase(Locale.ROOT)));
    }

    private static String name(String header) {
        int end = header.startsWith("[") ? header.indexOf(']') + 1 : header.indexOf(':');
        if (end <= 0) {
            return header;
        }
        String rest = header.substring(end);
        boolean isPort = rest.isEmpty() || rest.matches(":\\d{1,5}");
        return isPort ? header.substring(0, end) : header;
    }
}
