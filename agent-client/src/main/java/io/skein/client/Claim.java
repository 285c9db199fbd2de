package io.skein.client;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The part of a message that asks for, grants, refuses, uses or releases an amount of a resource.
 *
 * @param resource 1 to 256 printable characters
 * @param amount finite, 0 or more, in {@code unit}
 * @param priority larger is more urgent
 */
public record Claim(
        String resource,
        Action action,
        double amount,
        @Nullable String unit,
        @Nullable Integer priority) {
    /** What a claim does with its amount. */
    public enum Action {
        REQUEST,
        GRANT,
        REFUSE,
        USE,
        RELEASE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static Claim of(String resource, Action action, double amount) {
        return new Claim(resource, action, amount, null, null);
    }
}
